#include "engine/body_workflow.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "graph/map_body.h"

namespace vnode {
namespace {

/// Collects the nodes and wires of one body.
class BodyBuilder {
 public:
  BodyBuilder(const PlanData& outer, NodeIndex map, const std::vector<NodeIndex>& body)
      : outer_(outer), map_(map), body_(body), inside_(body.begin(), body.end()) {}

  BodyWorkflow build() {
    const std::vector<WireIndex> wires = find_wires();
    auto frame = std::make_shared<PlanFrame>();
    frame->outer = &outer_;
    frame->map = static_cast<NodeIndex>(body_.size());
    frame->outer_nodes = body_;
    frame->outer_nodes.push_back(map_);
    const Layout& ports = *outer_.nodes[map_].layout;
    frame->current_item = ports.find(kCurrentItem);
    frame->current_index = ports.find(kCurrentIndex);
    frame->each_item = ports.find(kEachItem);
    std::set<NodeIndex> sources;
    for (const WireIndex wire : wires) {
      const NodeIndex from = outer_.graph.from(wire);
      if (!inside_.contains(from) && from != map_) sources.insert(from);
    }
    frame->outer_nodes.insert(frame->outer_nodes.end(), sources.begin(), sources.end());

    BodyWorkflow result;
    for (const NodeIndex node : frame->outer_nodes)
      result.workflow.nodes.push_back(outer_.workflow.nodes[node]);
    for (const WireIndex wire : wires) {
      result.workflow.connections.push_back(outer_.workflow.connections[wire]);
      add_input(*frame, wire);
    }
    result.frame = std::move(frame);
    return result;
  }

 private:
  /// Those that lead into the body, and those that bring its result, in file order.
  std::vector<WireIndex> find_wires() const {
    std::vector<WireIndex> wires;
    for (const NodeIndex node : body_) {
      for (const WireIndex wire : outer_.graph.data_in(node)) wires.push_back(wire);
      for (const WireIndex wire : outer_.graph.exec_in(node)) wires.push_back(wire);
    }
    for (const WireIndex wire : outer_.graph.data_in(map_)) {
      if (is_map_result(outer_.workflow, outer_.graph, wire)) wires.push_back(wire);
    }
    std::sort(wires.begin(), wires.end());
    return wires;
  }

  /// Of a wire from outside: what stands there when a body begins.
  void add_input(PlanFrame& frame, WireIndex wire) const {
    const Connection& connection = outer_.workflow.connections[wire];
    const NodeIndex from = outer_.graph.from(wire);
    if (connection.is_exec || inside_.contains(from)) return;
    if (from == map_ && (connection.from_port == kCurrentItem || connection.from_port == kCurrentIndex))
      return;
    const auto begin = frame.outer_nodes.begin() + frame.map;
    const auto place = std::find(begin, frame.outer_nodes.end(), from) - frame.outer_nodes.begin();
    const PlanNode& source = outer_.nodes[from];
    std::string_view port = connection.from_port;
    for (const auto& [alias, name] : source.type->output_aliases) {
      if (alias == port) port = name;
    }
    const std::pair<NodeIndex, SlotIndex> input(static_cast<NodeIndex>(place), source.layout->find(port));
    if (std::find(frame.inputs.begin(), frame.inputs.end(), input) == frame.inputs.end())
      frame.inputs.push_back(input);
  }

  const PlanData& outer_;
  const NodeIndex map_;
  const std::vector<NodeIndex>& body_;
  const std::unordered_set<NodeIndex> inside_;
};

}  // namespace

BodyWorkflow body_workflow(const PlanData& outer, NodeIndex map, const std::vector<NodeIndex>& body) {
  return BodyBuilder(outer, map, body).build();
}

}  // namespace vnode
