#include "graph/topology.h"

#include <algorithm>
#include <limits>

#include "graph/map_body.h"

namespace vnode {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// The wires that leave a node, as one list: data wires, then exec wires.
class OutWires {
 public:
  OutWires(const Graph& graph, NodeIndex node) : data_(graph.data_out(node)), exec_(graph.exec_out(node)) {}
  std::size_t size() const { return data_.size() + exec_.size(); }
  WireIndex operator[](std::size_t i) const { return i < data_.size() ? data_[i] : exec_[i - data_.size()]; }

 private:
  std::span<const WireIndex> data_;
  std::span<const WireIndex> exec_;
};

/// Tarjan's algorithm with its recursion turned into a stack of frames: numbers the strongly connected parts.
class PartFinder {
 public:
  PartFinder(const Graph& graph, const WireFilter& counts) : graph_(graph), counts_(counts) {
    order_.assign(graph.node_count(), kNone);
    lowest_.assign(graph.node_count(), kNone);
    part_.assign(graph.node_count(), kNone);
  }

  /// For every node the number of its part.
  std::vector<std::uint32_t> find() {
    for (NodeIndex node = 0; node < graph_.node_count(); ++node) {
      if (order_[node] != kNone) continue;
      enter(node);
      while (!frames_.empty()) step();
    }
    return std::move(part_);
  }

 private:
  struct Frame {
    NodeIndex node;
    std::uint32_t next_wire;
  };

  void enter(NodeIndex node) {
    order_[node] = lowest_[node] = entered_++;
    open_.push_back(node);
    frames_.push_back({node, 0});
  }

  void step() {
    Frame& frame = frames_.back();
    const OutWires wires(graph_, frame.node);
    if (frame.next_wire == wires.size()) return leave();
    const WireIndex wire = wires[frame.next_wire++];
    if (!counts_(wire)) return;
    const NodeIndex target = graph_.to(wire);
    if (order_[target] == kNone) {
      enter(target);  // `frame` dangles from here on
    } else if (part_[target] == kNone) {
      lowest_[frame.node] = std::min(lowest_[frame.node], order_[target]);
    }
  }

  void leave() {
    const NodeIndex node = frames_.back().node;
    frames_.pop_back();
    if (!frames_.empty()) {
      const NodeIndex parent = frames_.back().node;
      lowest_[parent] = std::min(lowest_[parent], lowest_[node]);
    }
    if (lowest_[node] != order_[node]) return;
    NodeIndex member;
    do {
      member = open_.back();
      open_.pop_back();
      part_[member] = parts_;
    } while (member != node);
    ++parts_;
  }

  const Graph& graph_;
  const WireFilter& counts_;
  std::vector<std::uint32_t> order_;   ///< when the node was entered; kNone before
  std::vector<std::uint32_t> lowest_;  ///< the earliest entered node of an open part that it leads to
  std::vector<std::uint32_t> part_;    ///< kNone while its part is open
  std::vector<NodeIndex> open_;
  std::vector<Frame> frames_;
  std::uint32_t entered_ = 0;
  std::uint32_t parts_ = 0;
};

/// Breadth-first search for shortest ways back to a node inside its part.
class CycleSearch {
 public:
  CycleSearch(const Graph& graph, const WireFilter& counts, const std::vector<std::uint32_t>& part)
      : graph_(graph), counts_(counts), part_(part), came_from_(graph.node_count(), kNone) {}

  /// A shortest cycle through `start`; empty when there is none. Each part may be searched once.
  std::vector<NodeIndex> through(NodeIndex start) {
    std::vector<NodeIndex> queue = {start};
    for (std::size_t head = 0; head < queue.size(); ++head) {
      const NodeIndex node = queue[head];
      const OutWires wires(graph_, node);
      for (std::size_t i = 0; i < wires.size(); ++i) {
        const NodeIndex target = graph_.to(wires[i]);
        if (part_[target] != part_[start] || !counts_(wires[i])) continue;
        if (target == start) return way_from(start, node);
        if (came_from_[target] != kNone) continue;
        came_from_[target] = node;
        queue.push_back(target);
      }
    }
    return {};
  }

 private:
  std::vector<NodeIndex> way_from(NodeIndex start, NodeIndex last) const {
    std::vector<NodeIndex> way;
    for (NodeIndex node = last; node != start; node = came_from_[node]) way.push_back(node);
    way.push_back(start);
    std::reverse(way.begin(), way.end());
    return way;
  }

  const Graph& graph_;
  const WireFilter& counts_;
  const std::vector<std::uint32_t>& part_;
  std::vector<NodeIndex> came_from_;
};

/// For every node the number of its layer; for nodes on a cycle, and those behind one, kNone.
std::vector<std::uint32_t> number_layers(const Graph& graph, const WireFilter& counts) {
  std::vector<std::uint32_t> waits_for(graph.node_count(), 0);
  std::vector<std::uint32_t> layer(graph.node_count(), kNone);
  std::vector<NodeIndex> ready;
  for (NodeIndex node = 0; node < graph.node_count(); ++node) {
    for (WireIndex wire : graph.data_in(node)) waits_for[node] += counts(wire) ? 1 : 0;
    if (waits_for[node] > 0) continue;
    layer[node] = 0;
    ready.push_back(node);
  }
  // Nodes become ready in the order of their layers, so the last source to count down is in the deepest
  // layer.
  for (std::size_t head = 0; head < ready.size(); ++head) {
    for (WireIndex wire : graph.data_out(ready[head])) {
      const NodeIndex target = graph.to(wire);
      if (!counts(wire) || --waits_for[target] > 0) continue;
      layer[target] = layer[ready[head]] + 1;
      ready.push_back(target);
    }
  }
  return layer;
}

}  // namespace

std::vector<std::vector<NodeIndex>> find_cycles(const Graph& graph, const WireFilter& counts) {
  const std::vector<std::uint32_t> part = PartFinder(graph, counts).find();
  CycleSearch search(graph, counts, part);
  std::vector<bool> searched(graph.node_count(), false);
  std::vector<std::vector<NodeIndex>> cycles;
  for (NodeIndex node = 0; node < graph.node_count(); ++node) {
    if (searched[part[node]]) continue;
    searched[part[node]] = true;
    std::vector<NodeIndex> cycle = search.through(node);
    if (!cycle.empty()) cycles.push_back(std::move(cycle));
  }
  return cycles;
}

WireFilter ordering_wires(const Workflow& workflow, const Graph& graph) {
  return [&workflow, &graph](WireIndex wire) {
    const Connection& connection = workflow.connections[wire];
    return !connection.is_exec && connection.to_port != kFeedbackPort &&
           !is_map_result(workflow, graph, wire) && graph.from(wire) != Graph::kNowhere &&
           graph.to(wire) != Graph::kNowhere;
  };
}

Layers find_layers(const Workflow& workflow, const Graph& graph) {
  const WireFilter counts = ordering_wires(workflow, graph);
  const std::vector<std::uint32_t> layer = number_layers(graph, counts);
  Layers found;
  for (NodeIndex node = 0; node < graph.node_count(); ++node) {
    if (layer[node] == kNone) {
      found.layers.clear();
      found.cycle = find_cycles(graph, counts).front();
      return found;
    }
    if (layer[node] >= found.layers.size()) found.layers.resize(layer[node] + 1);
    found.layers[layer[node]].push_back(node);
  }
  return found;
}

std::string cycle_text(std::size_t size, const std::function<std::string(std::size_t)>& label) {
  constexpr std::size_t kShownAtEachEnd = 5;
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    if (size > 2 * kShownAtEachEnd + 1 && i == kShownAtEachEnd) {
      const std::size_t left_out = size - 2 * kShownAtEachEnd;
      text += "(" + std::to_string(left_out) + " more nodes) -> ";
      i += left_out;
    }
    text += label(i) + " -> ";
  }
  return text + label(0);
}

}  // namespace vnode
