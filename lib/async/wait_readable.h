#pragma once

#include "base/clock.h"

namespace vnode {

/// Waits until `fd` can be read (which includes end-of-file and errors), at most `time`. True when it can.
bool wait_readable(int fd, Duration time);

}  // namespace vnode
