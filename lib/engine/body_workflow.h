#pragma once

#include <memory>
#include <vector>

#include "engine/plan_data.h"

namespace vnode {

/// The body of a map as a workflow of its own, with what surrounds it.
struct BodyWorkflow {
  Workflow workflow;
  std::shared_ptr<const PlanFrame> frame;
};

/// `outer`: a plan whose types and ports are known; it must outlive all that is made of the result. `body`:
/// the nodes of the map's body, in file order.
BodyWorkflow body_workflow(const PlanData& outer, NodeIndex map, const std::vector<NodeIndex>& body);

}  // namespace vnode
