#include "engine/preparation.h"

#include <iterator>

#include "engine/parameter_values.h"
#include "engine/plan_data.h"
#include "model/workflow_reader.h"

namespace vnode {

namespace {

void append(Problems& problems, Problems more) {
  std::move(more.begin(), more.end(), std::back_inserter(problems));
}

void fill_single(Workflow& workflow, NodeIndex node, const PreparationRequest& request, Problems& problems) {
  NodeInstance& instance = workflow.nodes[node];
  std::vector<std::string> wired;
  for (const Connection& wire : workflow.connections) {
    if (!wire.is_exec && wire.to_node == instance.instance_id) wired.push_back(wire.to_port);
  }
  request.fill_single(instance, wired, problems);
}

}  // namespace

Preparation prepare(std::string_view text, const Registry& registry, const PreparationRequest& request) {
  Preparation preparation;
  WorkflowReading reading = read_workflow(text);
  preparation.problems = std::move(reading.problems);
  if (!reading.workflow) return preparation;
  Workflow& workflow = *reading.workflow;
  preparation.nodes_in_file = workflow.nodes.size();
  const WorkflowParameters parameters = WorkflowParameters::read(workflow, preparation.problems);
  if (has_errors(preparation.problems)) return preparation;

  Problems asked;  // what is wrong with it is told alone: it is no fault of the document
  preparation.parameters = parameter_values(parameters, workflow, request.overrides, asked);
  if (!has_errors(asked)) parameters.fill(workflow, preparation.parameters);
  std::optional<Part> part;
  if (!request.part.is_empty()) part = Part::find(workflow, registry, request.part, asked);
  if (part && part->is_single() && request.fill_single) fill_single(workflow, part->single(), request, asked);
  append(asked, apply_overrides(workflow, registry, request.overrides, part ? &*part : nullptr));
  if (has_errors(asked)) {
    preparation.problems = std::move(asked);
    preparation.is_override_refused = true;
    return preparation;
  }
  append(preparation.problems, std::move(asked));
  preparation.plan = Plan::make(std::move(workflow), registry, preparation.problems, request.path_map,
                                part ? &*part : nullptr);
  if (!preparation.plan) return preparation;
  const PlanData& plan = preparation.plan->data();
  Problems more;
  if (request.beginning == Beginning::kSubmission) {
    append(more, validate_native_file_names(plan.workflow, plan.graph, registry, request.path_map));
  }
  if (plan.registry) {
    append(more, validate_groups_before_run(plan.workflow, registry, request.beginning, request.path_map));
  }
  point_into_file(*preparation.plan, more);
  append(preparation.problems, std::move(more));
  return preparation;
}

}  // namespace vnode
