#pragma once

#include "engine/run.h"
#include "node/node_limits.h"
#include "node/node_type.h"

namespace vnode {

/// What holds for a node of that type in that run (rule 35): what its instance says, then the run, its
/// definition, and what is general. Loops and groups take only what their instance says, and need no
/// resources.
NodeLimits effective_limits(const NodeLimits& of_instance, const NodeType& type, const RunOptions& run);

}  // namespace vnode
