#pragma once

#include <optional>

#include "apps/vnode/diagnostics.h"
#include "apps/vnode/event_follower.h"
#include "apps/vnode/exit_code.h"

namespace vnode {

/// Writes the events of a run to standard output, a line each, until the follower is done or nobody reads
/// them any more. An error of the daemon goes to `error`; the code is of what concerns the output.
ExitCode print_events(EventFollower& follower, Diagnostics& diagnostics, std::optional<CallError>& error);

}  // namespace vnode
