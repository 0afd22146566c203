#include <cmath>

#include "base/text.h"
#include "model/number_text.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

Error invalid(std::string message) { return {ErrorCode::kInvalidValue, std::move(message)}; }

/// `text` as Python shows it in messages, cut to a length that fits one.
std::string shown(std::string_view text) {
  constexpr std::size_t kMaxShown = 200;
  std::size_t end = 0;
  for (std::size_t i = 0; i < kMaxShown && end < text.size(); ++i) next_code_point(text, end);
  std::string repr = to_repr(text.substr(0, end));
  if (repr.size() > kMaxShown && end < text.size()) repr += "...";
  return repr;
}

std::string shown_digits(std::string_view digits) {
  constexpr std::size_t kShort = 40;
  constexpr std::size_t kEnds = 15;
  if (digits.size() <= kShort) return std::string(digits);
  const std::size_t count = digits.size() - (digits.starts_with('-') ? 1 : 0);
  return std::string(digits.substr(0, kEnds)) + "..." + std::string(digits.substr(digits.size() - kEnds)) +
         " (" + std::to_string(count) + " digits)";
}

Result<Value> int_from_float(double value) {
  if (std::isnan(value)) return invalid("cannot convert float NaN to integer");
  if (std::isinf(value)) return invalid("cannot convert float infinity to integer");
  const double whole = std::trunc(value);
  if (whole >= -kTwoTo63 && whole < kTwoTo63) return Value(static_cast<std::int64_t>(whole));
  return Value::big_int(exact_digits(whole));
}

}  // namespace

Result<double> to_float(const Value& value) {
  switch (value.kind()) {
    case Kind::kBool:
      return value.as_bool() ? 1.0 : 0.0;
    case Kind::kInt:
      return static_cast<double>(value.as_int());
    case Kind::kFloat:
      return value.as_float();
    case Kind::kBigInt:
      if (const auto number = float_from_digits(value.as_digits())) return *number;
      return invalid("int too large to convert to float");
    case Kind::kText:
      if (const auto number = parse_float(value.as_text())) return *number;
      return invalid("could not convert string to float: " + shown(value.as_text()));
    default:
      return invalid("float() argument must be a string or a real number, not '" +
                     std::string(type_name(value)) + "'");
  }
}

Result<Value> to_int(const Value& value) {
  switch (value.kind()) {
    case Kind::kBool:
      return Value(std::int64_t{value.as_bool()});
    case Kind::kInt:
    case Kind::kBigInt:
      return value;
    case Kind::kFloat:
      return int_from_float(value.as_float());
    case Kind::kText:
      if (auto number = parse_int(value.as_text())) return *std::move(number);
      return invalid("invalid literal for int() with base 10: " + shown(value.as_text()));
    default:
      return invalid("int() argument must be a string, a bytes-like object or a real number, not '" +
                     std::string(type_name(value)) + "'");
  }
}

Result<std::int64_t> to_int64(const Value& value) {
  if (value.is_int()) return value.as_int();
  Result<Value> number = to_int(value);
  if (!number) return number.error();
  if (number->is_int()) return number->as_int();
  return invalid("integer out of the 64-bit range: " + shown_digits(number->as_digits()));
}

}  // namespace vnode
