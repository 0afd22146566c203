#pragma once

#include <cstdint>
#include <vector>

#include "layout/layered_layout.h"

namespace vnode {

/// A graph in columns, in which every link joins two neighbouring ones: where a wire crosses a column it has
/// a slot of its own there, a lane. Wires of one port share their lanes.
struct LaneGraph {
  static constexpr std::uint32_t kLane = 0xFFFFFFFF;

  struct Slot {
    std::uint32_t layer = 0;
    std::uint32_t node = kLane;  ///< of the layout graph
    double height = 0;
    bool is_lane() const { return node == kLane; }
  };
  /// Between a slot and one of the next layer.
  struct Link {
    std::uint32_t left = 0;
    std::uint32_t right = 0;
    double left_y = 0;  ///< from the top of the slot
    double right_y = 0;
    bool is_exec = false;
  };
  /// A lane in the column of the node at which a wire that leads back turns: it should be near.
  struct Turn {
    std::uint32_t lane = 0;
    std::uint32_t slot = 0;
  };

  std::vector<Slot> slots;  ///< those of the nodes come first, in their order
  std::vector<Link> links;
  std::vector<Turn> turns;
  std::vector<std::vector<std::uint32_t>> layers;      ///< the slots of each, from the top
  std::vector<std::vector<std::uint32_t>> wire_lanes;  ///< the lanes that each wire passes, on its way
};

/// Each layer in the order of the nodes, lanes behind them.
LaneGraph make_lanes(const LayoutGraph& graph, const std::vector<bool>& is_back,
                     const std::vector<std::uint32_t>& layers);

}  // namespace vnode
