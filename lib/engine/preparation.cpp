#include "engine/preparation.h"

#include <iterator>

#include "engine/plan_data.h"
#include "model/workflow_reader.h"

namespace vnode {

namespace {

void append(Problems& problems, Problems more) {
  std::move(more.begin(), more.end(), std::back_inserter(problems));
}

}  // namespace

Preparation prepare(std::string_view text, const Registry& registry, const std::vector<Override>& overrides,
                    Beginning beginning, const PathMap* path_map) {
  Preparation preparation;
  WorkflowReading reading = read_workflow(text);
  preparation.problems = std::move(reading.problems);
  if (!reading.workflow) return preparation;
  Problems refused = apply_overrides(*reading.workflow, registry, overrides);
  if (!refused.empty()) {
    preparation.problems = std::move(refused);
    preparation.is_override_refused = true;
    return preparation;
  }
  preparation.plan = Plan::make(std::move(*reading.workflow), registry, preparation.problems, path_map);
  if (!preparation.plan) return preparation;
  const PlanData& plan = preparation.plan->data();
  if (beginning == Beginning::kSubmission) {
    append(preparation.problems, validate_native_file_names(plan.workflow, plan.graph, registry, path_map));
  }
  if (plan.registry) {
    append(preparation.problems, validate_groups_before_run(plan.workflow, registry, beginning, path_map));
  }
  return preparation;
}

}  // namespace vnode
