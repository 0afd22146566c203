#include "graph/map_body.h"

#include <algorithm>
#include <unordered_set>

namespace vnode {
namespace {

/// Finds everything that hangs on a map's body outputs.
class BodySearch {
 public:
  BodySearch(const Workflow& workflow, const Graph& graph, NodeIndex map)
      : workflow_(workflow), graph_(graph), map_(map) {}

  std::vector<NodeIndex> run() {
    for (const WireIndex wire : graph_.exec_out(map_)) {
      if (workflow_.connections[wire].from_port == kEachItem) add(graph_.to(wire));
    }
    for (const WireIndex wire : graph_.data_out(map_)) {
      const std::string& port = workflow_.connections[wire].from_port;
      if (port == kCurrentItem || port == kCurrentIndex) add_dependent(graph_.to(wire));
    }
    for (std::size_t head = 0; head < body_.size(); ++head) {
      for (const WireIndex wire : graph_.exec_out(body_[head])) add(graph_.to(wire));
      for (const WireIndex wire : graph_.data_out(body_[head])) add_dependent(graph_.to(wire));
    }
    std::sort(body_.begin(), body_.end());
    return std::move(body_);
  }

 private:
  void add(NodeIndex node) {
    if (node != map_ && found_.insert(node).second) body_.push_back(node);
  }
  void add_dependent(NodeIndex node) {
    if (!graph_.is_flow_driven(node)) add(node);
  }

  const Workflow& workflow_;
  const Graph& graph_;
  const NodeIndex map_;
  std::unordered_set<NodeIndex> found_;
  std::vector<NodeIndex> body_;
};

}  // namespace

bool is_map(const NodeInstance& node) { return node.node_id == kParallelForEach && !node.bypassed; }

bool is_map_result(const Workflow& workflow, const Graph& graph, WireIndex wire) {
  const Connection& connection = workflow.connections[wire];
  const NodeIndex target = graph.to(wire);
  return !connection.is_exec && target != Graph::kNowhere && connection.to_port == kMapResult &&
         is_map(workflow.nodes[target]);
}

std::vector<NodeIndex> find_map_body(const Workflow& workflow, const Graph& graph, NodeIndex map) {
  return BodySearch(workflow, graph, map).run();
}

}  // namespace vnode
