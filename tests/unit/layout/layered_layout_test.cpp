#include "layout/layered_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

#include "layout/layers.h"
#include "unit/layout/layout_graphs.h"

namespace vnode {
namespace {

using test::boxes;
using test::random_graph;
using testing::IsEmpty;

/// The first pair of nodes that are nearer than `distance`, by sweeping over them from the left.
std::string overlap(const LayoutGraph& graph, const GraphLayout& layout, double distance) {
  for (std::size_t a = 0; a < graph.nodes.size(); ++a) {
    for (std::size_t b = a + 1; b < graph.nodes.size(); ++b) {
      const Point p = layout.nodes[a], q = layout.nodes[b];
      const bool is_apart =
          p.x + graph.nodes[a].width + distance <= q.x || q.x + graph.nodes[b].width + distance <= p.x ||
          p.y + graph.nodes[a].height + distance <= q.y || q.y + graph.nodes[b].height + distance <= p.y;
      if (!is_apart) return std::to_string(a) + " and " + std::to_string(b);
    }
  }
  return "";
}

/// A wire whose inner pieces touch a node.
std::string touched(const LayoutGraph& graph, const GraphLayout& layout) {
  for (std::size_t wire = 0; wire < graph.wires.size(); ++wire) {
    const Route& route = layout.routes[wire];
    for (std::size_t i = 1; i + 1 < route.size(); ++i) {
      for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
        const Point at = layout.nodes[node];
        const double left = std::min(route[i].x1, route[i].x2), right = std::max(route[i].x1, route[i].x2);
        const bool is_beside = right <= at.x || left >= at.x + graph.nodes[node].width;
        const bool is_above_or_below = route[i].y <= at.y || route[i].y >= at.y + graph.nodes[node].height;
        if (!is_beside && !is_above_or_below)
          return std::to_string(wire) + " touches " + std::to_string(node);
      }
    }
  }
  return "";
}

void expect_good(const LayoutGraph& graph, const GraphLayout& layout) {
  EXPECT_EQ(overlap(graph, layout, kWireGap), "");
  EXPECT_EQ(touched(graph, layout), "");
  const std::vector<bool> is_back = find_back_wires(graph);
  for (std::size_t i = 0; i < graph.wires.size(); ++i) {
    const LayoutGraph::Wire& wire = graph.wires[i];
    const Route& route = layout.routes[i];
    ASSERT_GE(route.size(), 2U);
    EXPECT_EQ(route.front().x1, layout.nodes[wire.from].x + graph.nodes[wire.from].width);
    EXPECT_EQ(route.front().y, layout.nodes[wire.from].y + wire.from_y);
    EXPECT_EQ(route.back().x2, layout.nodes[wire.to].x);
    EXPECT_EQ(route.back().y, layout.nodes[wire.to].y + wire.to_y);
    if (!is_back[i]) {
      EXPECT_LT(route.front().x1, route.back().x2) << "wire " << i << " leads to the right";
    }
  }
}

TEST(LayeredLayout, OfNothingIsEmpty) {
  const GraphLayout layout = lay_out(LayoutGraph{});
  EXPECT_THAT(layout.nodes, IsEmpty());
  EXPECT_EQ(layout.size.width, 0);
}

TEST(LayeredLayout, BeginsAtTheOrigin) {
  const GraphLayout layout = lay_out(boxes(1, {}));
  EXPECT_EQ(layout.nodes[0].x, 0);
  EXPECT_EQ(layout.nodes[0].y, 0);
  EXPECT_EQ(layout.size.width, 220);
  EXPECT_EQ(layout.size.height, 140);
}

TEST(LayeredLayout, HasStraightExecWiresWhereItCan) {
  LayoutGraph graph = boxes(4, {{0, 1}, {1, 2}, {3, 2}});
  graph.wires[0].is_exec = graph.wires[1].is_exec = true;
  const GraphLayout layout = lay_out(graph);
  EXPECT_EQ(layout.nodes[0].y, layout.nodes[1].y);
  EXPECT_EQ(layout.nodes[1].y, layout.nodes[2].y);
}

TEST(LayeredLayout, LeadsAWireBackRoundItsNodes) {
  const LayoutGraph graph = boxes(2, {{0, 1}, {1, 0}, {1, 1}});
  const GraphLayout layout = lay_out(graph);
  expect_good(graph, layout);
  const Route& back = layout.routes[1];
  ASSERT_EQ(back.size(), 4U);
  EXPECT_TRUE(back[1].leads_left);
  EXPECT_GT(back[1].x1, back[2].x2);
}

TEST(LayeredLayout, PutsPartsBesideEachOther) {
  const LayoutGraph graph = boxes(50, {});
  const GraphLayout layout = lay_out(graph);
  expect_good(graph, layout);
  EXPECT_LT(layout.size.width, 4000);
  EXPECT_LT(layout.size.height, 4000);
}

TEST(LayeredLayout, IsGoodForAnyGraph) {
  for (std::uint32_t seed = 1; seed <= 150; ++seed) {
    const std::size_t nodes = 1 + seed % 37;
    const LayoutGraph graph = random_graph(seed, nodes, seed % 3 * nodes, seed % 2 == 0);
    SCOPED_TRACE(seed);
    expect_good(graph, lay_out(graph));
    if (HasFailure()) return;
  }
}

TEST(LayeredLayout, IsAlwaysTheSame) {
  const LayoutGraph graph = random_graph(5, 80, 160, true);
  const GraphLayout one = lay_out(graph), other = lay_out(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    EXPECT_EQ(one.nodes[i].x, other.nodes[i].x);
    EXPECT_EQ(one.nodes[i].y, other.nodes[i].y);
  }
}

TEST(LayeredLayout, OfAThousandNodesTakesLessThanASecond) {
  for (const bool has_cycles : {false, true}) {
    const LayoutGraph graph = random_graph(11, 1000, 2000, has_cycles);
    const std::clock_t start = std::clock();  // of the processor: others may be at work
    const GraphLayout layout = lay_out(graph);
    const double taken = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    EXPECT_EQ(overlap(graph, layout, kWireGap), "");
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_LT(taken, 1.0);
#endif
  }
}

}  // namespace
}  // namespace vnode
