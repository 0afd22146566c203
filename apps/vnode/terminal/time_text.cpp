#include "apps/vnode/terminal/time_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>

#include "base/duration_text.h"

namespace vnode {
namespace {

std::string formatted(WallTime time, const char* format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  char text[40];
  if (!::localtime_r(&seconds, &parts)) return {};
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

}  // namespace

std::string ago_text(WallTime time, WallTime now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - time).count();
  if (seconds < 1) return "now";  // also a clock that was set back
  if (seconds < 60) return std::to_string(seconds) + "s ago";
  if (seconds < 3600) return std::to_string(seconds / 60) + "m ago";
  if (seconds < 48 * 3600) return std::to_string(seconds / 3600) + "h ago";
  if (seconds < 7 * 24 * 3600) return std::to_string(seconds / (24 * 3600)) + "d ago";
  return formatted(time, "%Y-%m-%d");
}

std::string local_time_text(WallTime time) { return formatted(time, "%Y-%m-%d %H:%M:%S"); }

std::string local_day_text(WallTime time) { return formatted(time, "%Y-%m-%d"); }

std::string local_clock_text(WallTime time) {
  const auto part = std::chrono::duration_cast<std::chrono::milliseconds>(
      time - std::chrono::floor<std::chrono::seconds>(time));
  const std::string digits = std::to_string(1000 + part.count());
  return formatted(time, "%H:%M:%S") + "." + digits.substr(1);
}

std::string short_duration_text(double seconds) {
  constexpr double kMost = 100.0 * 365 * 24 * 3600;
  double shown = std::clamp(std::isfinite(seconds) ? seconds : 0.0, 0.0, kMost);
  if (shown >= 10) shown = std::floor(shown);
  std::string text =
      duration_text(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(shown)));
  if (shown >= 10 && text.ends_with(".0s")) text.erase(text.size() - 3, 2);
  return text;
}

}  // namespace vnode
