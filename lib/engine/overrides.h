#pragma once

#include <vector>

#include "model/override.h"
#include "model/problem.h"
#include "model/workflow.h"
#include "registry/registry.h"

namespace vnode {

/// Sets the parameters, in order, the last one of a port wins. Every override that makes no sense gives one
/// problem and changes nothing: unknown_node, ambiguous_node, unknown_port, wired_port, not_settable (an
/// output, an exec port), bad_value. A node whose type is unknown takes any port: the workflow is refused for
/// that elsewhere.
Problems apply_overrides(Workflow& workflow, const Registry& registry,
                         const std::vector<Override>& overrides);

}  // namespace vnode
