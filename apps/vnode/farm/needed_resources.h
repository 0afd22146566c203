#pragma once

#include "model/resource_amounts.h"
#include "model/workflow.h"
#include "node/node_limits.h"
#include "registry/registry.h"

namespace vnode {

/// What a host must have so that each node of the workflow can run there (engine rule 40): of each resource
/// the most that one node needs, those in groups included, bypassed ones not. `general`: limits that hold
/// where neither a node nor its definition says anything. The workflow's parameters are filled in.
ResourceAmounts most_needed(const Workflow& workflow, const Registry& registry, const NodeLimits& general);

}  // namespace vnode
