#include "graph/map_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workflow_builder.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<NodeIndex> body_of(const WorkflowBuilder& file, NodeIndex map = 0) {
  return find_map_body(file.workflow(), Graph(file.workflow()), map);
}

// Engine rule 44.
TEST(MapBody, HoldsWhatExecWiresReach) {
  WorkflowBuilder file;
  file.node("map", "Parallel For Each").node("a", "x").node("b", "x").node("after", "x");
  file.exec("map.each_item", "a").exec("a", "b").exec("map.exec_on_finished", "after");
  EXPECT_THAT(body_of(file), ElementsAre(1, 2));
}

TEST(MapBody, HoldsDataOnlyNodesThatDependOnTheItem) {
  WorkflowBuilder file;
  file.node("map", "Parallel For Each")
      .node("outside", "x")
      .node("first", "x")
      .node("second", "x")
      .node("of_index", "x");
  file.data("outside.out", "second.b").data("map.current_item", "first.a").data("first.out", "second.a");
  file.data("map.current_index", "of_index.a").data("map.results", "outside.in");
  EXPECT_THAT(body_of(file), ElementsAre(2, 3, 4));
}

TEST(MapBody, HoldsDataOnlyNodesThatDependOnItsNodes) {
  WorkflowBuilder file;
  file.node("map", "Parallel For Each")
      .node("a", "x")
      .node("of_a", "x")
      .node("driven", "x")
      .node("start", "x");
  file.exec("map.each_item", "a").data("a.out", "of_a.in").data("a.out", "driven.in").exec("start", "driven");
  EXPECT_THAT(body_of(file), ElementsAre(1, 2)) << "what others run is no part of it";
}

TEST(MapBody, HoldsBodiesOfMapsInIt) {
  WorkflowBuilder file;
  file.node("outer", "Parallel For Each").node("inner", "Parallel For Each").node("a", "x");
  file.exec("outer.each_item", "inner").exec("inner.each_item", "a");
  EXPECT_THAT(body_of(file), ElementsAre(1, 2));
  EXPECT_THAT(body_of(file, 1), ElementsAre(2));
}

TEST(MapBody, EndsAtTheMap) {
  WorkflowBuilder file;
  file.node("map", "Parallel For Each").node("a", "x").exec("map.each_item", "a").exec("a", "map");
  file.data("a.out", "map.result");
  EXPECT_THAT(body_of(file), ElementsAre(1));
}

TEST(MapBody, ItsResultIsAWireOfMapsThatAreNotBypassed) {
  WorkflowBuilder file;
  file.node("map", "Parallel For Each")
      .node("a", "x")
      .data("a.out", "map.result")
      .data("a.out", "map.collection");
  const Graph graph(file.workflow());
  EXPECT_TRUE(is_map_result(file.workflow(), graph, 0));
  EXPECT_FALSE(is_map_result(file.workflow(), graph, 1));
  file.bypassed("map");
  EXPECT_FALSE(is_map_result(file.workflow(), graph, 0));
}

TEST(MapBody, OfAMapAloneIsEmpty) {
  WorkflowBuilder file;
  file.node("map", "Parallel For Each");
  EXPECT_THAT(body_of(file), IsEmpty());
}

}  // namespace
}  // namespace vnode::test
