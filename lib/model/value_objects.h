#pragma once

#include "model/value.h"

namespace vnode {

/// True when the value is an object that only one runtime understands, or holds one at any depth.
bool has_foreign_object(const Value& value);

}  // namespace vnode
