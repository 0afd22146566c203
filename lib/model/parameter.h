#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/problem.h"
#include "model/value.h"

namespace vnode {

enum class ParameterType : std::uint8_t { kText, kInt, kFloat, kBool, kList, kPath, kChoice };

/// The word for it in files: "text", "int", ...
std::string_view parameter_type_name(ParameterType type);

/// A parameter of a whole workflow, as its file declares it: who starts a run says what it is
/// (engine rule 47). Plain data.
struct Parameter {
  std::string name;
  ParameterType type = ParameterType::kText;
  Value default_value = Value::unset();  ///< unset: it has none
  std::string description = {};
  Value minimum = Value::unset();        ///< of int and float; unset: none
  Value maximum = Value::unset();        ///< the same
  std::vector<Value> options = {};       ///< of a choice, at least one
  std::optional<bool> is_required = {};  ///< as the file says it
  std::string pointer = {};              ///< where it is declared first

  /// It has to be given: the file says so, or there is no default for it.
  bool must_be_given() const { return is_required.value_or(default_value.is_unset()); }
};

/// [A-Za-z_][A-Za-z0-9_]*
bool is_parameter_name(std::string_view name);

/// Reads a declaration: type (without one it is a text), default, description, minimum, maximum, required,
/// options. What is wrong, or unknown, is an error bad_parameter with its place, and left out of the result.
Parameter read_parameter(std::string name, const Value& declaration, const std::string& pointer,
                         Problems& problems);

/// A value for it, checked and brought into its type (an int becomes a float where that is the type).
/// kInvalidValue, in words, when it has another type, is out of range, or is no option.
Result<Value> check_parameter(const Parameter& parameter, const Value& value);

/// The value that a text from a command line stands for: as it is for text, path and choice, else JSON
/// (booleans also yes, no, on, off, 1 and 0). kInvalidValue as above.
Result<Value> parse_parameter_value(const Parameter& parameter, const std::string& text);

/// Something that it could be, where nobody has said anything: for checks of a file alone.
Value stand_in_for(const Parameter& parameter);

}  // namespace vnode
