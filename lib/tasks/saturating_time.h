#pragma once

#include "base/clock.h"

namespace vnode {

/// `time` after `from`; the end of time where that is beyond it.
inline SteadyTime later(SteadyTime from, Duration time) {
  return time < SteadyTime::max() - from ? from + time : SteadyTime::max();
}

}  // namespace vnode
