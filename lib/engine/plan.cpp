#include "engine/plan.h"

#include "engine/plan_builder.h"
#include "engine/plan_data.h"
#include "validate/validate.h"

namespace vnode {

Plan::Plan(std::unique_ptr<PlanData> data) : data_(std::move(data)) {}
Plan::~Plan() = default;

const Workflow& Plan::workflow() const { return data_->workflow; }
const Graph& Plan::graph() const { return data_->graph; }

std::shared_ptr<const Plan> Plan::make(Workflow workflow, const Registry& registry, Problems& problems) {
  auto data = std::make_unique<PlanData>(std::move(workflow));
  Problems errors = find_errors(data->workflow, data->graph, registry);
  const bool refused = has_errors(errors);
  problems.insert(problems.end(), std::make_move_iterator(errors.begin()),
                  std::make_move_iterator(errors.end()));
  if (refused) return nullptr;
  PlanBuilder(*data, registry).build();
  return std::shared_ptr<const Plan>(new Plan(std::move(data)));
}

}  // namespace vnode
