#include "layout/lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layout/layers.h"
#include "unit/layout/layout_graphs.h"

namespace vnode {
namespace {

using test::boxes;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

LaneGraph lanes_of(const LayoutGraph& graph) {
  const std::vector<bool> is_back = find_back_wires(graph);
  return make_lanes(graph, is_back, assign_layers(graph, is_back));
}

TEST(Lanes, AreNotNeededBetweenNeighbours) {
  const LaneGraph lanes = lanes_of(boxes(3, {{0, 1}, {1, 2}}));
  EXPECT_THAT(lanes.slots, SizeIs(3));
  EXPECT_THAT(lanes.wire_lanes, ElementsAre(IsEmpty(), IsEmpty()));
}

TEST(Lanes, AreSharedByTheWiresOfOnePort) {
  LayoutGraph graph = boxes(5, {{0, 1}, {1, 2}, {2, 3}, {2, 4}, {0, 3}, {0, 4}, {0, 3}});
  graph.wires[6].from_y = 100;
  const LaneGraph lanes = lanes_of(graph);
  EXPECT_EQ(lanes.wire_lanes[4], lanes.wire_lanes[5]);
  EXPECT_NE(lanes.wire_lanes[4], lanes.wire_lanes[6]);
  EXPECT_THAT(lanes.wire_lanes[4], SizeIs(2));
  EXPECT_THAT(lanes.slots, SizeIs(5 + 4));
}

TEST(Lanes, LeadBackThroughTheColumnsOfBothEnds) {
  const LaneGraph lanes = lanes_of(boxes(3, {{0, 1}, {1, 2}, {2, 0}, {1, 1}}));
  ASSERT_THAT(lanes.wire_lanes[2], SizeIs(3));
  EXPECT_EQ(lanes.slots[lanes.wire_lanes[2].front()].layer, 2U);
  EXPECT_EQ(lanes.slots[lanes.wire_lanes[2].back()].layer, 0U);
  EXPECT_THAT(lanes.wire_lanes[3], SizeIs(1));
  EXPECT_THAT(lanes.turns, SizeIs(4));
}

TEST(Lanes, JoinNeighbouringLayersOnly) {
  const LaneGraph lanes = lanes_of(test::random_graph(7, 60, 120, true));
  for (const LaneGraph::Link& link : lanes.links) {
    EXPECT_EQ(lanes.slots[link.left].layer + 1, lanes.slots[link.right].layer);
  }
}

}  // namespace
}  // namespace vnode
