#include "layout/alignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layout/crossings.h"
#include "layout/layers.h"
#include "unit/layout/layout_graphs.h"

namespace vnode {
namespace {

using test::boxes;
using testing::ElementsAre;

LaneGraph aligned_lanes_of(const LayoutGraph& graph) {
  const std::vector<bool> is_back = find_back_wires(graph);
  LaneGraph lanes = make_lanes(graph, is_back, assign_layers(graph, is_back));
  reduce_crossings(lanes);
  return lanes;
}

TEST(StraightLinks, AreTheMiddleOnesOfAFan) {
  EXPECT_THAT(choose_straight_links(aligned_lanes_of(boxes(4, {{0, 1}, {0, 2}, {0, 3}}))),
              ElementsAre(false, true, false));
}

TEST(StraightLinks, AreExecWiresFirst) {
  LayoutGraph graph = boxes(4, {{0, 1}, {0, 2}, {0, 3}});
  graph.wires[2].is_exec = true;
  EXPECT_THAT(choose_straight_links(aligned_lanes_of(graph)), ElementsAre(false, false, true));
}

TEST(StraightLinks, DoNotCross) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    LaneGraph lanes = aligned_lanes_of(test::random_graph(seed, 40, 80, true));
    const std::vector<bool> is_straight = choose_straight_links(lanes);
    LaneGraph only = lanes;
    only.links.clear();
    for (std::size_t i = 0; i < lanes.links.size(); ++i) {
      if (!is_straight[i]) continue;
      only.links.push_back(lanes.links[i]);
      only.links.back().left_y = only.links.back().right_y = 0;
    }
    EXPECT_EQ(count_crossings(only), 0U) << seed;
  }
}

}  // namespace
}  // namespace vnode
