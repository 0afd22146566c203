#include "layout/lanes.h"

#include <algorithm>
#include <map>
#include <utility>

namespace vnode {
namespace {

class LaneMaking {
 public:
  LaneMaking(const LayoutGraph& graph, const std::vector<std::uint32_t>& layers)
      : graph_(graph), layers_(layers) {
    out_.slots.reserve(graph.nodes.size());
    std::uint32_t count = 0;
    for (std::uint32_t node = 0; node < graph.nodes.size(); ++node) {
      out_.slots.push_back({layers[node], node, graph.nodes[node].height});
      count = std::max(count, layers[node] + 1);
    }
    out_.wire_lanes.resize(graph.wires.size());
    layer_count_ = count;
  }

  void add_forward(std::uint32_t index) {
    const LayoutGraph::Wire& wire = graph_.wires[index];
    Chain& chain = forward_[{wire.from, wire.from_y}];
    std::uint32_t left = wire.from;
    double left_y = wire.from_y;
    for (std::uint32_t layer = layers_[wire.from] + 1; layer < layers_[wire.to]; ++layer) {
      const auto [lane, is_new] = chain.try_emplace(layer, next_lane());
      if (is_new) add_lane(layer, {left, lane->second, left_y, 0, wire.is_exec});
      left = lane->second;
      left_y = 0;
      out_.wire_lanes[index].push_back(left);
    }
    out_.links.push_back({left, wire.to, left_y, wire.to_y, wire.is_exec});
  }

  /// Out of the right edge, and round to lanes from the source's own column to that of the target.
  void add_back(std::uint32_t index) {
    const LayoutGraph::Wire& wire = graph_.wires[index];
    Chain& chain = back_[{wire.from, wire.from_y}];
    for (std::uint32_t layer = layers_[wire.from] + 1; layer-- > layers_[wire.to];) {
      const auto [lane, is_new] = chain.try_emplace(layer, next_lane());
      if (is_new && out_.wire_lanes[index].empty()) {
        out_.slots.push_back({layer, LaneGraph::kLane, 0});
        out_.turns.push_back({lane->second, wire.from});
      } else if (is_new) {
        add_lane(layer, {lane->second, out_.wire_lanes[index].back(), 0, 0, wire.is_exec});
      }
      out_.wire_lanes[index].push_back(lane->second);
    }
    out_.turns.push_back({out_.wire_lanes[index].back(), wire.to});
  }

  LaneGraph take() {
    out_.layers.resize(layer_count_);
    for (std::uint32_t slot = 0; slot < out_.slots.size(); ++slot) {
      out_.layers[out_.slots[slot].layer].push_back(slot);
    }
    return std::move(out_);
  }

 private:
  using Port = std::pair<std::uint32_t, double>;
  using Chain = std::map<std::uint32_t, std::uint32_t>;  ///< by layer

  std::uint32_t next_lane() const { return static_cast<std::uint32_t>(out_.slots.size()); }

  void add_lane(std::uint32_t layer, LaneGraph::Link link) {
    out_.slots.push_back({layer, LaneGraph::kLane, 0});
    out_.links.push_back(link);
  }

  const LayoutGraph& graph_;
  const std::vector<std::uint32_t>& layers_;
  std::uint32_t layer_count_ = 0;
  std::map<Port, Chain> forward_;
  std::map<Port, Chain> back_;
  LaneGraph out_;
};

}  // namespace

LaneGraph make_lanes(const LayoutGraph& graph, const std::vector<bool>& is_back,
                     const std::vector<std::uint32_t>& layers) {
  LaneMaking making(graph, layers);
  for (std::uint32_t wire = 0; wire < graph.wires.size(); ++wire) {
    if (is_back[wire]) {
      making.add_back(wire);
    } else {
      making.add_forward(wire);
    }
  }
  return making.take();
}

}  // namespace vnode
