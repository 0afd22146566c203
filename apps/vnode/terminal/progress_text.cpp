#include "apps/vnode/terminal/progress_text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace vnode {

std::string progress_bar(std::size_t done, std::size_t total, std::size_t columns) {
  const std::size_t width = std::max<std::size_t>(columns, 3) - 2;
  const std::size_t filled = total == 0 ? 0 : width * std::min(done, total) / total;
  return "[" + std::string(filled, '#') + std::string(width - filled, '.') + "]";
}

std::string percent_text(std::size_t done, std::size_t total) {
  return std::to_string(total == 0 ? 0 : 100 * std::min(done, total) / total) + "%";
}

std::string time_left_text(double seconds) {
  constexpr double kMost = 999.0 * 24 * 3600;
  const auto whole = static_cast<long long>(std::clamp(std::isfinite(seconds) ? seconds : kMost, 0.0, kMost));
  if (whole < 60) return std::to_string(whole) + "s";
  if (whole < 3600) return std::to_string(whole / 60) + "m";
  if (whole < 24 * 3600) {
    const long long minutes = whole / 60 % 60;
    return std::to_string(whole / 3600) + "h" + (minutes > 0 ? std::to_string(minutes) + "m" : "");
  }
  return std::to_string(whole / (24 * 3600)) + "d";
}

std::string rate_text(double a_second, std::string_view what) {
  const char* unit = "/s";
  double rate = a_second;
  if (rate < 1) {
    rate *= 60;
    unit = "/min";
  }
  if (rate < 1) {
    rate *= 60;
    unit = "/h";
  }
  char number[32];
  std::snprintf(number, sizeof number, rate < 100 ? "%.1f" : "%.0f", rate);
  return std::string(number).append(" ").append(what).append(unit);
}

}  // namespace vnode
