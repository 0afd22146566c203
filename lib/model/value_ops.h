#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/value.h"

/// Python's value semantics that nodes rely on (nodes.md, section 2). All functions are pure and may be
/// called from any thread; none depends on nesting depth (work lists, not recursion).
namespace vnode {

/// False for None, False, 0, 0.0, -0.0, '', and empty containers; true for all else, NaN and 'false'
/// included. Foreign objects know their own truth.
bool truthy(const Value& value);

/// Python's `==`: numbers compare by value (exactly) across int, float and bool; NaN differs from itself;
/// containers compare by content, dicts whatever their order. A container is equal to itself, even with a NaN
/// in it. A foreign object is equal to itself only.
bool equal(const Value& a, const Value& b);

/// Equal in value *and* type, at every level: 1, 1.0 and true differ, as keys too; NaN is the same as NaN.
/// Decides whether a returned value is new (engine rule 16).
bool same(const Value& a, const Value& b);

/// Equal values have equal hashes. Requires is_hashable(value).
std::size_t hash_value(const Value& value);
std::size_t hash_text(std::string_view text);

/// Python's float(x); the message is of the form Python users know.
Result<double> to_float(const Value& value);

/// Python's int(x): an int or a big int. `to_int64` is the same for native arithmetic, which has 64 bits:
/// a larger integer is an error that says so.
Result<Value> to_int(const Value& value);
Result<std::int64_t> to_int64(const Value& value);

/// Python's str(x) and repr(x).
std::string to_text(const Value& value);
std::string to_repr(const Value& value);

/// The shortest text of a float that reads back the same, in Python's form: `1.0`, `1e+16`, `1e-05`, `inf`,
/// `nan`. `out` must hold 32 characters; returns how many were written.
std::size_t write_float(double value, char* out);

/// Number of Unicode code points of valid UTF-8.
std::size_t count_code_points(std::string_view text);

/// len(x) of a text, list or dict; an error for the rest.
Result<std::size_t> length_of(const Value& value);

/// list(x): list elements, characters of a text, keys of a dict; an error naming the type for the rest.
/// A list comes back as the same list, shared.
Result<Value> iterate(const Value& value);

/// Python's name of the type: "NoneType", "bool", "int", "float", "str", "list", "dict"; what a foreign
/// object says of itself (then the name lives as long as the object).
std::string_view type_name(const Value& value);

}  // namespace vnode
