#pragma once

#include <optional>
#include <string>

#include "graph/graph.h"
#include "model/workflow_parameters.h"
#include "registry/registry.h"

namespace vnode {

/// What can be set and asked of a workflow, in file order: its parameters, and its nodes as people can name
/// them, with their ports, present values and wires. Refers to all arguments.
struct WorkflowInspection {
  std::string file;  ///< as it is shown
  const Workflow& workflow;
  const Graph& graph;
  const WorkflowParameters& parameters;
  const Registry& registry;
  std::optional<NodeIndex> only = {};  ///< that node alone, without the parameters
};

/// For people: what stands in the first column of an input goes behind `-p`.
std::string inspection_text(const WorkflowInspection& inspection);

/// The same for programs.
Value inspection_value(const WorkflowInspection& inspection);

}  // namespace vnode
