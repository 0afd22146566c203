#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "model/value.h"

/// Conversions of input values that several categories of nodes share. All are pure.
namespace vnode {

/// str(value) as a value; a text comes back as the same text, shared.
Value text_value(const Value& value);

/// int(value), or `fallback` where Python's int() would fail. Integers beyond 64 bits become the nearest
/// limit: right for counts and positions, wrong for arithmetic.
std::int64_t int_or(const Value& value, std::int64_t fallback);

/// int(value) for arithmetic. Throws NodeFailure, which names `what`, where that fails or exceeds 64 bits.
std::int64_t require_int(const Value& value, std::string_view what);

/// float(value). Throws NodeFailure, which names `what`.
double require_float(const Value& value, std::string_view what);

/// dict(value): a dictionary as it is, else the pairs that it lists.
Result<Dict> to_dict(const Value& value);

/// A time to sleep. Throws NodeFailure for NaN; anything beyond 30 years is 30 years, so that deadlines
/// cannot overflow.
Duration to_duration(double seconds);

/// The value, as the key of a variable or entry. Throws NodeFailure for values that cannot be keys.
const Value& require_key(const Value& key);

}  // namespace vnode
