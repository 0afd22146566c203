#include "layout/crossings.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "layout/layers.h"
#include "unit/layout/layout_graphs.h"

namespace vnode {
namespace {

using test::boxes;

LaneGraph crossed_lanes_of(const LayoutGraph& graph) {
  const std::vector<bool> is_back = find_back_wires(graph);
  return make_lanes(graph, is_back, assign_layers(graph, is_back));
}

TEST(Crossings, AreCountedWithPorts) {
  EXPECT_EQ(count_crossings(crossed_lanes_of(boxes(4, {{0, 3}, {1, 2}}))), 1U);
  LayoutGraph ports = boxes(2, {{0, 1}, {0, 1}});
  ports.wires[0].from_y = 100;
  ports.wires[0].to_y = 50;
  EXPECT_EQ(count_crossings(crossed_lanes_of(ports)), 1U) << "of two wires between the same nodes";
}

TEST(Crossings, ThatNeedNotBeAreNot) {
  // Two trees, their leaves named in turns.
  LaneGraph lanes = crossed_lanes_of(boxes(8, {{0, 2}, {1, 3}, {0, 4}, {1, 5}, {0, 6}, {1, 7}}));
  EXPECT_GT(count_crossings(lanes), 0U);
  reduce_crossings(lanes);
  EXPECT_EQ(count_crossings(lanes), 0U);
}

TEST(Crossings, NeverGrow) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    LaneGraph lanes = crossed_lanes_of(test::random_graph(seed, 40, 70, true));
    const std::uint64_t before = count_crossings(lanes);
    auto slots = lanes.layers;
    reduce_crossings(lanes);
    EXPECT_LE(count_crossings(lanes), before) << seed;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      EXPECT_TRUE(std::is_permutation(slots[i].begin(), slots[i].end(), lanes.layers[i].begin(),
                                      lanes.layers[i].end()));
    }
  }
}

}  // namespace
}  // namespace vnode
