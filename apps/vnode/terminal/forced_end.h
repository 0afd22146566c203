#pragma once

#include "base/clock.h"
#include "base/run_status.h"

namespace vnode {

/// Ends the program with that code, unless it has ended by itself after `patience`: for what it was asked to
/// end in, and which may hang in a write that its reader never lets end. Any thread.
void end_at_the_latest(Duration patience, ExitCode code);

}  // namespace vnode
