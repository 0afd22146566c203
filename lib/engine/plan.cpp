#include "engine/plan.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "engine/plan_builder.h"
#include "engine/plan_data.h"
#include "validate/validate.h"

namespace vnode {
namespace {

/// One for each type whose newest definition does not load.
std::vector<PlanRemark> find_remarks(const PlanData& data, const Registry& registry) {
  std::vector<PlanRemark> remarks;
  if (!registry.has_broken_definitions()) return remarks;
  std::set<const NodeType*> told;
  for (NodeIndex node = 0; node < data.nodes.size(); ++node) {
    const NodeType* type = data.nodes[node].type;
    if (!told.insert(type).second) continue;
    if (std::string message = set_aside_text(registry, *type); !message.empty())
      remarks.push_back({node, std::move(message)});
  }
  return remarks;
}

}  // namespace

Value instance_setting(const NodeInstance& instance, std::string_view key) {
  const Value* settings = instance.parameters.find(kInstanceSettings);
  if (!settings || !settings->is_dict()) return {};
  const Dict entries = settings->as_dict();
  const Value* setting = entries.find(key);
  return setting ? *setting : Value();
}

Plan::Plan(std::unique_ptr<PlanData> data) : data_(std::move(data)) {}
Plan::~Plan() = default;

const Workflow& Plan::workflow() const { return data_->workflow; }
const Graph& Plan::graph() const { return data_->graph; }

std::shared_ptr<const Plan> Plan::make(Workflow workflow, const Registry& registry, Problems& problems,
                                       const PathMap* path_map, const Part* part) {
  auto data = std::make_unique<PlanData>(std::move(workflow));
  Problems found = validate_before_run(data->workflow, data->graph, registry, path_map);
  const bool refused = has_errors(found);
  problems.insert(problems.end(), std::make_move_iterator(found.begin()),
                  std::make_move_iterator(found.end()));
  if (refused) return nullptr;
  if (part) {
    Workflow workflow_of_part = std::move(data->workflow);
    Cut cut = part->cut(workflow_of_part);
    data = std::make_unique<PlanData>(std::move(workflow_of_part));
    data->cut = std::move(cut);
  }
  const auto is_group = [](const NodeInstance& node) { return node.node_id == kGroupNode; };
  if (std::any_of(data->workflow.nodes.begin(), data->workflow.nodes.end(), is_group)) {
    data->registry = std::make_shared<Registry>(registry);
  }
  PlanBuilder(*data, [&registry](std::string_view node_id) { return registry.find(node_id); }).build();
  data->remarks = find_remarks(*data, registry);
  return std::shared_ptr<const Plan>(new Plan(std::move(data)));
}

std::shared_ptr<const Plan> Plan::with_shapes(
    const Plan& plan, const std::vector<std::pair<NodeIndex, InstanceShape>>& shapes) {
  auto data = std::make_unique<PlanData>(plan.workflow());
  data->registry = plan.data().registry;
  data->remarks = plan.data().remarks;
  data->frame = plan.data().frame;
  data->cut = plan.data().cut;
  PlanBuilder builder(*data, [&types = plan.data().types](std::string_view node_id) {
    return *std::find_if(types.begin(), types.end(),
                         [node_id](const NodeTypePtr& type) { return type->definition.node_id == node_id; });
  });
  PlanBuilder::Shapes by_node;
  for (const auto& [node, shape] : shapes) by_node.emplace(node, &shape);
  builder.set_shapes(std::move(by_node));
  builder.build();
  return std::shared_ptr<const Plan>(new Plan(std::move(data)));
}

void point_into_file(const Plan& plan, Problems& problems) {
  constexpr std::string_view kNodes = "/nodes/";
  if (plan.data().cut.places.empty()) return;
  for (Problem& problem : problems) {
    if (!problem.pointer.starts_with(kNodes)) continue;
    std::size_t node = 0;
    const char* const begin = problem.pointer.data() + kNodes.size();
    const char* const end = problem.pointer.data() + problem.pointer.size();
    const auto [rest, error] = std::from_chars(begin, end, node);
    if (error != std::errc() || node >= plan.data().nodes.size()) continue;
    problem.pointer = std::string(kNodes) +
                      std::to_string(plan.data().place_of(static_cast<NodeIndex>(node))) +
                      std::string(rest, end);
  }
}

}  // namespace vnode
