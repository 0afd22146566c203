#include "model/number_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <system_error>

#include "base/text.h"
#include "base/unicode.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

/// Python strips the white space of C, and replaces the white space of Unicode beyond ASCII by spaces first.
/// (So the separators 0x1C to 0x1F, although white space to str.isspace, are not stripped.)
bool is_strippable(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view strip(std::string_view text) {
  while (!text.empty() && is_strippable(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_strippable(text.back())) text.remove_suffix(1);
  return text;
}

/// `text` with white space and digits of all scripts as their ASCII relatives; nullopt if something else
/// beyond ASCII is left, for then it is no number.
std::optional<std::string> as_ascii(std::string_view text) {
  std::string ascii;
  ascii.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code_point = next_code_point(text, at);
    if (code_point < 0x80) {
      ascii += static_cast<char>(code_point);
    } else if (is_space(code_point)) {
      ascii += ' ';
    } else if (const int digit = decimal_digit(code_point); digit >= 0) {
      ascii += static_cast<char>('0' + digit);
    } else {
      return std::nullopt;
    }
  }
  return ascii;
}

/// `text` without underscores, each of which must stand between two digits.
std::optional<std::string> without_underscores(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      plain += text[i];
    } else if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1])) {
      return std::nullopt;
    }
  }
  return plain;
}

/// Calls `parse` with the text in ASCII, without white space around it and underscores in it. The usual text
/// is ASCII and has no underscores: no copy then.
template <class Parse>
auto parse_prepared(std::string_view text, Parse parse) -> decltype(parse(text)) {
  std::optional<std::string> copy;
  if (!is_ascii(text)) {
    copy = as_ascii(text);
    if (!copy) return std::nullopt;
    text = *copy;
  }
  text = strip(text);
  if (text.find('_') == std::string_view::npos) return parse(text);
  const std::optional<std::string> plain = without_underscores(text);
  if (!plain) return std::nullopt;
  return parse(std::string_view(*plain));
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

/// Digits with a point among, before or behind them, then perhaps an exponent: all of `text`.
bool is_decimal(std::string_view text) {
  std::size_t at = 0;
  auto skip_digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - start;
  };
  std::size_t digits = skip_digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    digits += skip_digits();
  }
  if (digits == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (skip_digits() == 0) return false;
  }
  return at == text.size();
}

/// Whether a decimal out of the range of floats is too large, rather than too near to zero: asks for the
/// exponent of its first digit that is not zero.
bool is_huge_decimal(std::string_view decimal) {
  const std::size_t mark = std::min(decimal.find_first_of("eE"), decimal.size());
  const std::string_view mantissa = decimal.substr(0, mark);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return false;
  auto magnitude = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  if (mark < decimal.size()) {
    std::string_view digits = decimal.substr(mark + 1);
    const bool negative = digits.front() == '-';
    if (!is_digit(digits.front())) digits.remove_prefix(1);
    std::int64_t exponent = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (read.ec != std::errc()) return !negative;  // beyond 64 bits: no mantissa makes up for that
    magnitude += std::clamp<std::int64_t>(exponent, 0, std::int64_t{1} << 62) * (negative ? -1 : 1);
  }
  return magnitude > 0;
}

std::optional<double> parse_plain_float(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  if (is_decimal(text)) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec == std::errc::result_out_of_range) {
      value = is_huge_decimal(text) ? std::numeric_limits<double>::infinity() : 0.0;
    }
  } else if (equals_ignoring_case(text, "inf") || equals_ignoring_case(text, "infinity")) {
    value = std::numeric_limits<double>::infinity();
  } else if (equals_ignoring_case(text, "nan")) {
    value = std::numeric_limits<double>::quiet_NaN();
  } else {
    return std::nullopt;
  }
  return negative ? -value : value;
}

std::optional<Value> parse_plain_int(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  return integer_from_digits(text);
}

/// Python's layout of the digits of a float: `digits` times ten to the power of `exponent`, a point behind
/// the first.
std::size_t lay_out(std::string_view digits, int exponent, char* out) {
  char* at = out;
  auto put = [&at](std::string_view part) { at = std::copy(part.begin(), part.end(), at); };
  auto put_zeros = [&at](int count) { at = std::fill_n(at, count, '0'); };
  const int size = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {
    put(digits.substr(0, 1));
    if (size > 1) put(".");
    put(digits.substr(1));
    put(exponent < 0 ? "e-" : "e+");
    if (std::abs(exponent) < 10) put("0");
    at = std::to_chars(at, at + 4, std::abs(exponent)).ptr;
  } else if (exponent < 0) {
    put("0.");
    put_zeros(-exponent - 1);
    put(digits);
  } else if (size <= exponent + 1) {
    put(digits);
    put_zeros(exponent + 1 - size);
    put(".0");
  } else {
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    put(digits.substr(0, whole));
    put(".");
    put(digits.substr(whole));
  }
  return static_cast<std::size_t>(at - out);
}

}  // namespace

std::optional<double> parse_float(std::string_view text) { return parse_prepared(text, parse_plain_float); }

std::optional<Value> parse_int(std::string_view text) { return parse_prepared(text, parse_plain_int); }

Value integer_from_digits(std::string_view digits) {
  std::int64_t small = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), small);
  if (read.ec == std::errc()) return small;
  const bool negative = digits.starts_with('-');
  std::string_view significant = digits.substr(negative ? 1 : 0);
  significant.remove_prefix(std::min(significant.find_first_not_of('0'), significant.size()));
  if (!negative) return Value::big_int(significant);
  std::string text("-");
  text += significant;
  return Value::big_int(text);
}

std::optional<double> float_from_digits(std::string_view digits) {
  double value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ec != std::errc()) return std::nullopt;
  return value;
}

std::string exact_digits(double whole) {
  char text[std::numeric_limits<double>::max_exponent10 + 8];
  const auto written = std::to_chars(text, text + sizeof text, whole, std::chars_format::fixed, 0);
  return std::string(text, written.ptr);
}

std::size_t write_float(double value, char* out) {
  auto word = [out](std::string_view text) { return text.copy(out, text.size()); };
  if (std::isnan(value)) return word("nan");
  if (std::isinf(value)) return word(value < 0 ? "-inf" : "inf");
  const std::size_t sign = std::signbit(value) ? 1 : 0;
  if (sign) *out = '-';
  // The shortest digits that read back the same, as "d.ddde+xx".
  char text[32];
  const auto written =
      std::to_chars(text, text + sizeof text, std::fabs(value), std::chars_format::scientific);
  char* const mark = std::find(text, written.ptr, 'e');
  int exponent = 0;
  std::from_chars(mark + (mark[1] == '+' ? 2 : 1), written.ptr, exponent);
  char* digits_end = mark;
  if (text[1] == '.') digits_end = std::copy(text + 2, mark, text + 1);
  return sign + lay_out({text, static_cast<std::size_t>(digits_end - text)}, exponent, out + sign);
}

}  // namespace vnode
