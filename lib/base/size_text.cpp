#include "base/size_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace vnode {
namespace {

constexpr std::string_view kPrefixes = "kmgt";
/// Far more than any machine has, far less than what a double counts exactly.
constexpr double kMaxBytes = 1024.0 * 1024 * 1024 * 1024 * 1024;

/// What one of the unit is in bytes; 0 for an unknown one.
double bytes_of_unit(std::string unit) {
  std::transform(unit.begin(), unit.end(), unit.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  if (unit.empty() || unit == "b") return 1;
  const std::size_t power = kPrefixes.find(unit[0]);
  if (power == std::string_view::npos) return 0;
  const std::string_view rest = std::string_view(unit).substr(1);
  if (rest.empty() || rest == "ib") return std::pow(1024.0, power + 1.0);
  return rest == "b" ? std::pow(1000.0, power + 1.0) : 0;
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto bad = [text](const std::string& why) {
    return Error{ErrorCode::kInvalidValue,
                 "'" + std::string(text) + "' is not a size: " + why + " (write 512M, 2G or 1.5GiB)"};
  };
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  double number = 0;
  const auto [end, status] =
      std::from_chars(text.data(), text.data() + digits, number, std::chars_format::fixed);
  if (digits == 0 || status != std::errc() || end != text.data() + digits) return bad("a number is expected");
  std::string_view unit = text.substr(digits);
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  const double factor = bytes_of_unit(std::string(unit));
  if (factor == 0) return bad("there is no unit '" + std::string(unit) + "'");
  if (number * factor > kMaxBytes) return bad("it is too large");
  return static_cast<std::uint64_t>(std::llround(number * factor));
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::string_view kUnits = "KMGT";
  std::size_t unit = 0;
  while (unit < kUnits.size() && bytes > 0 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++unit;
  }
  std::string text = std::to_string(bytes);
  if (unit > 0) text += kUnits[unit - 1];
  return text;
}

}  // namespace vnode
