#pragma once

#include <string>
#include <vector>

#include "daemon/core.h"
#include "daemon/reply.h"
#include "daemon/run_picking.h"

namespace vnode {

// Cancelling many runs goes on over many turns of the loop, a few at a time, and with no more ends on their
// way to the disk than it can take: other clients are served meanwhile. The reply comes when all of it is
// durable, since a crash must not let pending runs run after all. Owner's thread.

/// Those runs; of groups those that are live. The pending ones first, then those that run: an end makes room,
/// and nothing is to start into it that is about to be cancelled. The reply has what was asked for: a group
/// counts as cancelled if one of its runs is.
void cancel_runs(DaemonCore& core, const PickedRuns& picked, const Reply& reply);

/// The same with all that have been accepted so far; the newest first, so that what starts meanwhile is not
/// what is next.
void cancel_all_runs(DaemonCore& core, const Reply& reply);

}  // namespace vnode
