#pragma once

#include <optional>

#include "apps/vnode/client/event_follower.h"
#include "apps/vnode/terminal/diagnostics.h"
#include "base/run_status.h"

namespace vnode {

/// Writes the events of a run to standard output, a line each, until the follower is done or nobody reads
/// them any more. An error of the daemon goes to `error`; the code is of what concerns the output.
ExitCode print_events(EventFollower& follower, Diagnostics& diagnostics, std::optional<CallError>& error);

}  // namespace vnode
