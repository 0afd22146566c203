#include "base/duration_text.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace vnode {
namespace {

struct Unit {
  std::string_view name;
  double seconds;
};

/// In the order in which they may follow each other.
constexpr std::array kUnits = {Unit{"d", 86400}, Unit{"h", 3600}, Unit{"m", 60}, Unit{"s", 1},
                               Unit{"ms", 0.001}};
constexpr double kMaxSeconds = 100.0 * 365 * 86400;

Error bad_duration(std::string_view text, std::string_view why) {
  return {ErrorCode::kInvalidValue, "'" + std::string(text) + "' is not a duration: " + std::string(why) +
                                        " (write 300ms, 90s, 1.5h or 1d12h)"};
}

bool is_number_char(char c) { return (c >= '0' && c <= '9') || c == '.'; }

/// Takes the characters at the start of `rest` for which `is_part` holds.
template <class Predicate>
std::string_view take_while(std::string_view& rest, Predicate is_part) {
  std::size_t size = 0;
  while (size < rest.size() && is_part(rest[size])) ++size;
  const std::string_view taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return taken;
}

template <class... Numbers>
std::string print(const char* format, Numbers... numbers) {
  char text[64];
  std::snprintf(text, sizeof text, format, numbers...);
  return text;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  double seconds = 0;
  std::size_t next_unit = 0;
  if (rest.empty()) return bad_duration(text, "it is empty");
  while (!rest.empty()) {
    const std::string_view digits = take_while(rest, is_number_char);
    double number = 0;
    const auto [end, status] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed);
    if (digits.empty() || status != std::errc() || end != digits.data() + digits.size()) {
      return bad_duration(text, "a number is expected");
    }
    const std::string_view name = take_while(rest, [](char c) { return !is_number_char(c); });
    if (name.empty()) return bad_duration(text, "the unit is missing");
    std::size_t unit = 0;
    while (unit < kUnits.size() && kUnits[unit].name != name) ++unit;
    if (unit == kUnits.size()) return bad_duration(text, "unknown unit '" + std::string(name) + "'");
    if (unit < next_unit) return bad_duration(text, "units go from the largest to the smallest, each once");
    next_unit = unit + 1;
    seconds += number * kUnits[unit].seconds;
  }
  if (seconds > kMaxSeconds) return bad_duration(text, "it is too long");
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

std::string duration_text(Duration duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  if (seconds < 0.9995) return print("%.0fms", seconds * 1000);
  if (seconds < 59.95) return print("%.1fs", seconds);
  const auto whole = static_cast<long long>(seconds + 0.5);
  if (whole < 3600) return print("%lldm %02llds", whole / 60, whole % 60);
  if (whole < 86400) return print("%lldh %02lldm %02llds", whole / 3600, whole / 60 % 60, whole % 60);
  return print("%lldd %02lldh %02lldm", whole / 86400, whole / 3600 % 24, whole / 60 % 60);
}

}  // namespace vnode
