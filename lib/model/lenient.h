#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/value.h"

/// What the editor's reader takes for a field of each type (workflow_format.md, "Leniency of the reader").
namespace vnode {

/// true, 1, 1.0 and the texts true/t/yes/y/on/1 in any case, and their opposites.
std::optional<bool> lenient_bool(const Value& value);

/// Integers, booleans, floats and texts without a fraction ("3", "3.0"). Beyond 64 bits the nearest that
/// fits.
std::optional<std::int64_t> lenient_int(const Value& value);

/// A list of exactly two numbers or numeric texts.
bool is_number_pair(const Value& value);

/// How a message names what was found: `null`, `the text "abc"`, `the number 5`, `a list of 3`.
std::string describe_found(const Value& value);

}  // namespace vnode
