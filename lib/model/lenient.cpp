#include "model/lenient.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "model/foreign_object.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

constexpr std::array<std::string_view, 6> kTrueWords = {"true", "t", "yes", "y", "on", "1"};
constexpr std::array<std::string_view, 6> kFalseWords = {"false", "f", "no", "n", "off", "0"};

char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [text](std::string_view word) {
    return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                      [](char a, char b) { return lower_ascii(a) == b; });
  });
}

std::int64_t saturated(double whole) {
  constexpr double kLimit = 9223372036854775808.0;  // 2^63, the first that does not fit
  if (whole >= kLimit) return std::numeric_limits<std::int64_t>::max();
  if (whole < -kLimit) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(whole);
}

std::int64_t saturated(const Value& integer) {
  if (integer.is_int()) return integer.as_int();
  return integer.as_digits().starts_with('-') ? std::numeric_limits<std::int64_t>::min()
                                              : std::numeric_limits<std::int64_t>::max();
}

/// "3.0" without its ".0"; any other text as it is.
std::string_view without_zero_fraction(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || point == 0 || point + 1 == text.size()) return text;
  return text.find_first_not_of('0', point + 1) == std::string_view::npos ? text.substr(0, point) : text;
}

/// The first characters of a text, for a message: a stored script need not be quoted in full.
std::string first_characters(std::string_view text) {
  constexpr std::size_t kShown = 40;
  if (text.size() <= kShown) return std::string(text);
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // no half characters
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace

std::optional<bool> lenient_bool(const Value& value) {
  switch (value.kind()) {
    case Kind::kBool:
      return value.as_bool();
    case Kind::kInt:
      if (value.as_int() == 0 || value.as_int() == 1) return value.as_int() == 1;
      return std::nullopt;
    case Kind::kFloat:
      if (value.as_float() == 0.0 || value.as_float() == 1.0) return value.as_float() == 1.0;
      return std::nullopt;
    case Kind::kText:
      if (is_one_of(value.as_text(), kTrueWords)) return true;
      if (is_one_of(value.as_text(), kFalseWords)) return false;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<std::int64_t> lenient_int(const Value& value) {
  switch (value.kind()) {
    case Kind::kBool:
      return value.as_bool() ? 1 : 0;
    case Kind::kInt:
    case Kind::kBigInt:
      return saturated(value);
    case Kind::kFloat: {
      const double number = value.as_float();
      if (!std::isfinite(number) || number != std::trunc(number)) return std::nullopt;
      return saturated(number);
    }
    case Kind::kText: {
      const Result<Value> integer = to_int(Value(without_zero_fraction(value.as_text())));
      if (!integer) return std::nullopt;
      return saturated(*integer);
    }
    default:
      return std::nullopt;
  }
}

bool is_number_pair(const Value& value) {
  if (!value.is_list() || value.as_list().size() != 2) return false;
  return std::all_of(value.as_list().begin(), value.as_list().end(), [](const Value& item) {
    if (item.is_text()) return to_float(item).ok();
    return item.is_int() || item.is_float() || item.is_bool() || item.kind() == Kind::kBigInt;
  });
}

std::string describe_found(const Value& value) {
  switch (value.kind()) {
    case Kind::kUnset:
      return "nothing";
    case Kind::kNone:
      return "null";
    case Kind::kBool:
      return value.as_bool() ? "true" : "false";
    case Kind::kInt:
    case Kind::kFloat:
      return "the number " + to_text(value);
    case Kind::kBigInt:
      return "the number " + first_characters(value.as_digits());
    case Kind::kText:
      return "the text \"" + first_characters(value.as_text()) + "\"";
    case Kind::kObject:
      return "a value of type " + first_characters(value.as_object().type());
    case Kind::kList:
      return "a list of " + std::to_string(value.as_list().size());
    case Kind::kDict:
      return "an object";
  }
  return "nothing";
}

}  // namespace vnode
