#include "apps/vnode/farm/needed_resources.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/effective_limits.h"
#include "engine/plan_data.h"
#include "model/workflow_parameters.h"
#include "model/workflow_reader.h"

namespace vnode {
namespace {

constexpr std::string_view kGroupType = "group_node";
constexpr std::string_view kGroupContent = "__workflow__";

/// Rule 35, as a run without limits of its own has it.
ResourceAmounts needed_by(const NodeInstance& node, const Registry& registry, const NodeLimits& general) {
  NodeLimits own;
  Problems ignored;  // `validate` tells of mistakes
  if (const Value* settings = node.parameters.find(kInstanceSettings); settings && settings->is_dict())
    own = read_node_limits(MemberReader(*settings, "", ignored, ""));
  const NodeTypePtr type = registry.find(node.node_id);
  if (!type) return own.resources.value_or(ResourceAmounts());
  RunOptions run;
  run.default_limits = general;
  return effective_limits(own, *type, run).resources.value_or(ResourceAmounts());
}

/// The workflow in a group, its own parameters filled in with something of their types.
std::optional<Workflow> workflow_in(const NodeInstance& group) {
  const Value* document = group.parameters.find(kGroupContent);
  if (!document) return std::nullopt;
  WorkflowReading reading = read_workflow(*document, "");
  if (!reading.workflow || !declares_parameters(*document)) return std::move(reading.workflow);
  Problems problems;
  const WorkflowParameters parameters = WorkflowParameters::read(*reading.workflow, problems);
  Dict values;
  for (const Parameter& parameter : parameters.declared())
    values.set(parameter.name, stand_in_for(parameter));
  if (!has_errors(problems)) parameters.fill(*reading.workflow, values);
  return std::move(reading.workflow);
}

}  // namespace

ResourceAmounts most_needed(const Workflow& workflow, const Registry& registry, const NodeLimits& general) {
  ResourceAmounts most;
  std::vector<Workflow> inside;  // still to be looked at: depth costs heap, not stack
  const auto look = [&](const Workflow& level) {
    for (const NodeInstance& node : level.nodes) {
      if (node.bypassed) continue;
      if (node.node_id == kGroupType) {
        if (std::optional<Workflow> inner = workflow_in(node)) inside.push_back(std::move(*inner));
      }
      for (const auto& [name, amount] : needed_by(node, registry, general))
        most[name] = std::max(most[name], amount);
    }
  };
  look(workflow);
  while (!inside.empty()) {
    const Workflow next = std::move(inside.back());
    inside.pop_back();
    look(next);
  }
  return most;
}

}  // namespace vnode
