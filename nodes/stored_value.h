#pragma once

#include <string>

#include "model/value_ops.h"
#include "node/node_context.h"
#include "nodes/conversions.h"

namespace vnode {

/// The run's variable of that name; None when there is none. Throws NodeFailure for a name that cannot be a
/// key.
inline Value find_variable(NodeCall& call, const Value& name) {
  const Value* found = call.variables().find(require_key(name));
  return found ? *found : Value();
}

inline bool is_empty_container(const Value& value, Kind kind) {
  if (value.kind() != kind) return false;
  return kind == Kind::kList ? value.as_list().empty() : value.as_dict().empty();
}

/// Where a container node takes its container from: the input, unless that is None or empty (of that kind);
/// then the named variable; None when there is neither. Throws NodeFailure for a name that cannot be a key.
inline Value input_or_variable(NodeCall& call, const char* input, const char* name_input, Kind kind) {
  const Value& given = call.input(input);
  if (!given.is_none() && !is_empty_container(given, kind)) return given;
  const Value& name = call.input(name_input);
  return truthy(name) ? find_variable(call, name) : Value();
}

}  // namespace vnode
