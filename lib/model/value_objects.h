#pragma once

#include <functional>

#include "model/value.h"

namespace vnode {

/// True when the value is an object that only one runtime understands, or holds one at any depth.
bool has_foreign_object(const Value& value);

/// Calls `visit` for each object in the value that is no data (ForeignObject::is_data), at any depth, in a
/// fixed order.
void for_each_opaque_object(const Value& value, const std::function<void(const ForeignObject&)>& visit);
bool has_opaque_object(const Value& value);

}  // namespace vnode
