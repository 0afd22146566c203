#pragma once

#include <string>
#include <vector>

#include "base/run_pause.h"
#include "daemon/core.h"
#include "daemon/reply.h"
#include "daemon/run_picking.h"

namespace vnode {

/// Pauses runs, or lets them go on (kNone), in pieces, as `cancel_runs` cancels them. The reply comes when
/// all of it is durable: what was asked for as `name`, or as `ended` where it had ended before; a group
/// counts if one of its runs does. Owner's thread.
void pause_runs(DaemonCore& core, PickedRuns picked, RunPause how, const std::string& name,
                const Reply& reply);

}  // namespace vnode
