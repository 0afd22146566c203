#include "nodes/conversions.h"

#include <chrono>
#include <cmath>
#include <limits>
#include <string>

#include "model/value_ops.h"
#include "node/node_failure.h"

namespace vnode {

Value text_value(const Value& value) { return value.is_text() ? value : Value(to_text(value)); }

std::int64_t int_or(const Value& value, std::int64_t fallback) {
  if (value.is_int()) return value.as_int();
  const Result<Value> number = to_int(value);
  if (!number) return fallback;
  if (number->is_int()) return number->as_int();
  using Limits = std::numeric_limits<std::int64_t>;
  return number->as_digits().starts_with('-') ? Limits::min() : Limits::max();
}

std::int64_t require_int(const Value& value, std::string_view what) {
  if (value.is_int()) return value.as_int();
  const Result<std::int64_t> number = to_int64(value);
  if (!number) throw NodeFailure(std::string(what) + ": " + number.error().message);
  return *number;
}

double require_float(const Value& value, std::string_view what) {
  if (value.is_float()) return value.as_float();
  const Result<double> number = to_float(value);
  if (!number) throw NodeFailure(std::string(what) + ": " + number.error().message);
  return *number;
}

Result<Dict> to_dict(const Value& value) {
  if (value.is_dict()) return value.as_dict();
  const Result<Value> items = iterate(value);
  if (!items) return items.error();
  Dict dict;
  for (const Value& item : items->as_list()) {
    const Result<Value> pair = iterate(item);
    if (!pair || pair->as_list().size() != 2) {
      return Error{ErrorCode::kInvalidValue, "a dictionary needs pairs of key and value"};
    }
    const Value& key = pair->as_list()[0];
    if (!is_hashable(key)) {
      return Error{ErrorCode::kInvalidValue, "a " + std::string(type_name(key)) + " cannot be a key"};
    }
    dict.set(key, pair->as_list()[1]);
  }
  return dict;
}

Duration to_duration(double seconds) {
  if (std::isnan(seconds)) throw NodeFailure("a delay must be a number, not NaN");
  constexpr double kLongest = 30.0 * 365 * 24 * 3600;
  if (seconds <= 0) return Duration::zero();
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::fmin(seconds, kLongest)));
}

const Value& require_key(const Value& key) {
  if (!is_hashable(key)) throw NodeFailure("unhashable type: '" + std::string(type_name(key)) + "'");
  return key;
}

}  // namespace vnode
