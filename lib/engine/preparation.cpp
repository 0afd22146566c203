#include "engine/preparation.h"

#include "model/workflow_reader.h"

namespace vnode {

Preparation prepare(std::string_view text, const Registry& registry, const std::vector<Override>& overrides) {
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
  preparation.plan = Plan::make(std::move(*reading.workflow), registry, preparation.problems);
  return preparation;
}

}  // namespace vnode
