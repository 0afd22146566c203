#include "layout/heights.h"

#include <gtest/gtest.h>

#include "layout/layers.h"
#include "unit/layout/layout_graphs.h"

namespace vnode {
namespace {

using test::boxes;

std::vector<double> tops_of(const LayoutGraph& graph) {
  const std::vector<bool> is_back = find_back_wires(graph);
  return place_in_columns(make_lanes(graph, is_back, assign_layers(graph, is_back)));
}

TEST(Heights, MakeAChainStraight) {
  const std::vector<double> tops = tops_of(boxes(4, {{0, 1}, {1, 2}, {2, 3}}));
  for (const double top : tops) EXPECT_DOUBLE_EQ(top, tops[0]);
}

TEST(Heights, AlignPortsNotNodes) {
  LayoutGraph graph = boxes(2, {{0, 1}});
  graph.wires[0].from_y = 95;
  const std::vector<double> tops = tops_of(graph);
  EXPECT_DOUBLE_EQ(tops[0] + 95, tops[1] + 70);
}

TEST(Heights, PreferExecWires) {
  LayoutGraph graph = boxes(4, {{0, 3}, {1, 3}, {2, 3}});
  graph.wires[1].is_exec = true;
  const std::vector<double> tops = tops_of(graph);
  EXPECT_NEAR(tops[1], tops[3], 1e-6);
}

TEST(Heights, KeepTheDistanceInAColumn) {
  const std::vector<double> tops = tops_of(boxes(4, {{0, 3}, {1, 3}, {2, 3}}));
  EXPECT_GE(tops[1] - tops[0], 140 + kNodeGap - 1e-6);
  EXPECT_GE(tops[2] - tops[1], 140 + kNodeGap - 1e-6);
}

}  // namespace
}  // namespace vnode
