#pragma once

#include "base/clock.h"
#include "model/value.h"

namespace vnode {

/// A param of kind kDuration, checked: a number of seconds or a text such as "90s". At most a century; what
/// is none is zero.
Duration param_duration(const Value& value);

/// The same as a number of seconds, as clients write it.
Value duration_value(Duration duration);

}  // namespace vnode
