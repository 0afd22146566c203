#include "picture/node_outcome.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace vnode {

std::string_view outcome_word(OutcomeState state) {
  constexpr std::array<std::string_view, 8> kWords = {"never started",    "not ended", "succeeded",
                                                      "failed (handled)", "failed",    "timed out",
                                                      "skipped",          "cancelled"};
  return kWords[static_cast<std::size_t>(state)];
}

std::string seconds_text(double seconds) {
  if (!(seconds > 0)) return "0 s";
  char text[48];
  const auto whole = static_cast<long long>(std::fmin(std::round(seconds), 1e15));
  if (seconds < 0.001) {
    std::snprintf(text, sizeof text, "%.0f \xC2\xB5s", seconds * 1e6);
  } else if (seconds < 0.01) {
    std::snprintf(text, sizeof text, "%.1f ms", seconds * 1000);
  } else if (seconds < 1) {
    std::snprintf(text, sizeof text, "%.0f ms", seconds * 1000);
  } else if (seconds < 60) {
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  } else if (whole < 3600) {
    std::snprintf(text, sizeof text, "%lld min %02lld s", whole / 60, whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%lld h %02lld min", whole / 3600, whole / 60 % 60);
  }
  return text;
}

}  // namespace vnode
