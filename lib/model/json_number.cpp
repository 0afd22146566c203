#include "model/json_number.h"

#include <charconv>
#include <limits>
#include <system_error>

#include "base/text.h"

namespace vnode {
namespace {

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

JsonNumber non_finite(std::string_view text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (text.starts_with("NaN")) return {Value(std::numeric_limits<double>::quiet_NaN()), 3};
  if (text.starts_with("Infinity")) return {Value(kInfinity), 8};
  if (text.starts_with("-Infinity")) return {Value(-kInfinity), 9};
  return {};
}

/// Whether the digits of an out-of-range float stand for something huge; else it is tiny. Only the sign of
/// its decimal exponent is needed, and a saturated one will do: no text is long enough to make up for it.
bool is_huge_number(std::string_view digits, std::string_view fraction, std::string_view exponent) {
  constexpr std::int64_t kFar = std::int64_t{1} << 60;
  std::int64_t scale = static_cast<std::int64_t>(digits.size());
  if (digits == "0") {
    const std::size_t zeros = fraction.find_first_not_of('0');
    scale = zeros == std::string_view::npos ? 0 : -static_cast<std::int64_t>(zeros);
  }
  const bool negative = exponent.starts_with('-');
  if (negative || exponent.starts_with('+')) exponent.remove_prefix(1);
  std::int64_t power = 0;
  for (char c : exponent) {
    if (power < kFar / 16) power = power * 10 + (c - '0');
  }
  return scale + (negative ? -power : power) > 0;
}

Value read_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? Value(value) : Value::big_int(text);
}

}  // namespace

JsonNumber scan_json_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::size_t start = negative ? 1 : 0;
  if (start >= text.size() || !is_digit(text[start])) return non_finite(text);
  // Only a zero may start with zero; the digits behind it are then left over and refused by the caller.
  const std::size_t integer_end = text[start] == '0' ? start + 1 : skip_digits(text, start);
  std::size_t end = integer_end;
  std::string_view fraction;
  if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) {
    end = skip_digits(text, integer_end + 1);
    fraction = text.substr(integer_end + 1, end - integer_end - 1);
  }
  std::string_view exponent;
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    const bool has_sign = end + 1 < text.size() && (text[end + 1] == '+' || text[end + 1] == '-');
    const std::size_t digits = end + 1 + (has_sign ? 1 : 0);
    const std::size_t exponent_end = skip_digits(text, digits);
    if (exponent_end > digits) {
      exponent = text.substr(end + 1, exponent_end - end - 1);
      end = exponent_end;
    }
  }
  if (end == integer_end) return {read_integer(text.substr(0, end)), end};

  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + end, value);
  if (error == std::errc::result_out_of_range) {
    const std::string_view digits = text.substr(start, integer_end - start);
    value = is_huge_number(digits, fraction, exponent) ? std::numeric_limits<double>::infinity() : 0.0;
    if (negative) value = -value;
  }
  return {Value(value), end};
}

}  // namespace vnode
