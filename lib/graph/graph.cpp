#include "graph/graph.h"

namespace vnode {
namespace {

NodeIndex index_of(const std::unordered_map<Uuid, NodeIndex>& index, const Uuid& id) {
  auto found = index.find(id);
  return found == index.end() ? Graph::kNowhere : found->second;
}

}  // namespace

Graph::Graph(const Workflow& workflow) {
  index_.reserve(workflow.nodes.size());
  for (NodeIndex i = 0; i < workflow.nodes.size(); ++i) index_.try_emplace(workflow.nodes[i].instance_id, i);
  from_.reserve(workflow.connections.size());
  to_.reserve(workflow.connections.size());
  for (const Connection& connection : workflow.connections) {
    from_.push_back(index_of(index_, connection.from_node));
    to_.push_back(index_of(index_, connection.to_node));
    has_exec_wires_ = has_exec_wires_ || connection.is_exec;
  }
  data_in_ = make_lists(workflow, false, to_);
  data_out_ = make_lists(workflow, false, from_);
  exec_in_ = make_lists(workflow, true, to_);
  exec_out_ = make_lists(workflow, true, from_);
}

std::optional<NodeIndex> Graph::find(const Uuid& instance_id) const {
  const NodeIndex node = index_of(index_, instance_id);
  if (node == kNowhere) return std::nullopt;
  return node;
}

Graph::Lists Graph::make_lists(const Workflow& workflow, bool is_exec,
                               const std::vector<NodeIndex>& ends) const {
  auto belongs = [&](WireIndex wire) {
    return workflow.connections[wire].is_exec == is_exec && from_[wire] != kNowhere && to_[wire] != kNowhere;
  };
  Lists lists;
  lists.starts.assign(workflow.nodes.size() + 1, 0);
  for (WireIndex wire = 0; wire < ends.size(); ++wire) {
    if (belongs(wire)) ++lists.starts[ends[wire] + 1];
  }
  for (std::size_t node = 1; node < lists.starts.size(); ++node) lists.starts[node] += lists.starts[node - 1];

  // A second pass in file order keeps that order inside each list.
  std::vector<std::uint32_t> next(lists.starts.begin(), lists.starts.end() - 1);
  lists.wires.resize(lists.starts.back());
  for (WireIndex wire = 0; wire < ends.size(); ++wire) {
    if (belongs(wire)) lists.wires[next[ends[wire]]++] = wire;
  }
  return lists;
}

}  // namespace vnode
