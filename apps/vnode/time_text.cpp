#include "apps/vnode/time_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>

#include "base/duration_text.h"

namespace vnode {
namespace {

/// The number in `text[at, at + size)`, or -1.
int number_at(std::string_view text, std::size_t at, std::size_t size) {
  int number = 0;
  if (at + size > text.size()) return -1;
  const char* end = text.data() + at + size;
  const auto parsed = std::from_chars(text.data() + at, end, number);
  return parsed.ec == std::errc() && parsed.ptr == end && number >= 0 ? number : -1;
}

std::string formatted(WallTime time, const char* format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  char text[40];
  if (!::localtime_r(&seconds, &parts)) return {};
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

}  // namespace

std::optional<WallTime> parse_time(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() <= kForm.size() || text.back() != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] != '0' && text[i] != kForm[i]) return std::nullopt;
  }
  std::tm parts{};
  parts.tm_year = number_at(text, 0, 4) - 1900;
  parts.tm_mon = number_at(text, 5, 2) - 1;
  parts.tm_mday = number_at(text, 8, 2);
  parts.tm_hour = number_at(text, 11, 2);
  parts.tm_min = number_at(text, 14, 2);
  parts.tm_sec = number_at(text, 17, 2);
  if (parts.tm_mon < 0 || parts.tm_mday < 1 || parts.tm_hour < 0 || parts.tm_min < 0 || parts.tm_sec < 0)
    return std::nullopt;
  WallTime time = std::chrono::system_clock::from_time_t(::timegm(&parts));
  const std::string_view fraction = text.substr(kForm.size(), text.size() - kForm.size() - 1);
  if (fraction.empty()) return time;
  if (fraction.size() < 2 || fraction.size() > 7 || fraction.front() != '.') return std::nullopt;
  int digits = number_at(fraction, 1, fraction.size() - 1);
  if (digits < 0) return std::nullopt;
  for (std::size_t i = fraction.size(); i < 7; ++i) digits *= 10;
  return time + std::chrono::microseconds(digits);
}

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
