#include "apps/vnode/nodes/node_visit.h"

#include <utility>

#include "engine/plan_data.h"
#include "model/workflow_reader.h"

namespace vnode {
namespace {

constexpr std::string_view kInnerWorkflow = "__workflow__";

}  // namespace

std::string NodePlace::pointer() const {
  std::vector<std::size_t> path;
  for (std::size_t group = group_; group != kOutermost; group = (*groups_)[group].parent)
    path.push_back(group);
  std::string pointer;
  for (auto step = path.rbegin(); step != path.rend(); ++step) {
    pointer +=
        "/nodes/" + std::to_string((*groups_)[*step].node) + "/parameters/" + std::string(kInnerWorkflow);
  }
  return pointer + "/nodes/" + std::to_string(node_);
}

void visit_nodes(const Workflow& workflow,
                 const std::function<void(const NodeInstance&, const NodePlace&)>& visit) {
  std::vector<NodePlace::Group> groups;
  NodePlace place;
  place.groups_ = &groups;
  const auto visit_one = [&](const Workflow& one, std::size_t parent) {
    for (std::size_t i = 0; i < one.nodes.size(); ++i) {
      const NodeInstance& node = one.nodes[i];
      place.group_ = parent;
      place.node_ = i;
      visit(node, place);
      const Value* inner = node.node_id == kGroupNode ? node.parameters.find(kInnerWorkflow) : nullptr;
      if (inner && inner->is_dict()) groups.push_back({parent, i, node_label(node), *inner});
    }
  };
  visit_one(workflow, NodePlace::kOutermost);
  for (std::size_t next = 0; next < groups.size(); ++next) {
    const WorkflowReading reading = read_workflow(std::exchange(groups[next].document, Value()), "");
    if (reading.workflow) visit_one(*reading.workflow, next);
  }
}

}  // namespace vnode
