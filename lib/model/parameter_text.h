#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// A text in which `${name}` stands for a parameter of the workflow, and `$${` for `${` (engine rule 47).

/// The value of a parameter by its name; null: there is none of that name. Unset: it has no value, and none
/// had to be given.
using ParameterOf = std::function<const Value*(std::string_view name)>;

/// Whether there is anything to fill in: most texts are left alone.
inline bool has_parameters(std::string_view text) { return text.find("${") != text.npos; }

/// The name when the text is exactly `${name}`; else empty.
std::string_view lone_parameter(std::string_view text);

/// Calls `take` with each name in the text, in order. kInvalidValue, in words, for a `${` that is none.
Result<void> each_parameter(std::string_view text, const std::function<void(std::string_view name)>& take);

/// The text with the values in it: one that is exactly `${name}` becomes that value, of whatever type; inside
/// a text it is written as Python's str() does, and one without a value as nothing. What is no parameter
/// stays as it is: `each_parameter` tells.
Value fill_text(std::string_view text, const ParameterOf& value_of);

/// The same for all texts in lists and dictionaries (not their keys), at any depth. nullopt: it has none, and
/// stays. An item without a value becomes None.
std::optional<Value> fill_value(const Value& value, const ParameterOf& value_of);

/// Calls `take` with each text in the value that `fill_value` would look at and that has parameters.
void each_text_with_parameters(const Value& value, const std::function<void(std::string_view text)>& take);

}  // namespace vnode
