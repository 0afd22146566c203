#include "layout/layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/layout/layout_graphs.h"

namespace vnode {
namespace {

using test::boxes;
using testing::Each;
using testing::ElementsAre;
using testing::Le;

std::vector<std::uint32_t> layers_of(const LayoutGraph& graph) {
  return assign_layers(graph, find_back_wires(graph));
}

TEST(BackWires, AreNoneWithoutCycles) {
  EXPECT_THAT(find_back_wires(boxes(4, {{3, 2}, {2, 1}, {1, 0}, {3, 0}})), Each(false));
}

TEST(BackWires, CloseEachCycle) {
  EXPECT_THAT(find_back_wires(boxes(4, {{0, 1}, {1, 2}, {2, 1}, {3, 3}})),
              ElementsAre(false, false, true, true));
}

TEST(BackWires, LetExecWiresLeadToTheRightWhereOnlyOneKindCan) {
  LayoutGraph graph = boxes(3, {{0, 1}, {2, 1}, {1, 2}});
  graph.wires[2].is_exec = true;
  EXPECT_THAT(find_back_wires(graph), ElementsAre(false, true, false));
}

TEST(Layers, FollowTheLongestWay) {
  EXPECT_THAT(layers_of(boxes(4, {{0, 1}, {1, 2}, {0, 2}, {2, 3}})), ElementsAre(0, 1, 2, 3));
}

TEST(Layers, PutWhatOnlyFeedsOneNodeBesideIt) {
  EXPECT_THAT(layers_of(boxes(4, {{0, 1}, {1, 2}, {3, 2}})), ElementsAre(0, 1, 2, 1));
}

TEST(Layers, BreakAFanIntoSeveralColumns) {
  LayoutGraph graph = boxes(501, {});
  for (std::uint32_t i = 1; i <= 500; ++i) graph.wires.push_back({0, i, 70, 70, false});
  const std::vector<std::uint32_t> layers = layers_of(graph);
  std::vector<int> counts(501, 0);
  for (const std::uint32_t layer : layers) ++counts[layer];
  EXPECT_THAT(counts, Each(Le(90)));
  EXPECT_LE(*std::max_element(layers.begin(), layers.end()), 20U);
}

TEST(Layers, HoldALongChainWithoutRecursion) {
  constexpr std::uint32_t kCount = 200'000;
  LayoutGraph graph = boxes(kCount, {});
  for (std::uint32_t i = 1; i < kCount; ++i) graph.wires.push_back({i - 1, i, 70, 70, false});
  EXPECT_EQ(layers_of(graph).back(), kCount - 1);
}

}  // namespace
}  // namespace vnode
