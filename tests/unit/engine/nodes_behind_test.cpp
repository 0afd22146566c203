#include "engine/nodes_behind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workflow_builder.h"

namespace vnode {
namespace {

using testing::ElementsAre;

TEST(NodesBehind, FollowsWiresOfBothKinds) {
  test::WorkflowBuilder w;
  for (const char* name : {"a", "b", "c", "d", "e"}) w.node(name, "test_pass");
  w.exec("a", "b").data("b.out", "c.in").data("d.out", "c.in");
  const Workflow workflow = w.workflow();
  const Graph graph(workflow);
  const NodeIndex first = 0;
  EXPECT_THAT(nodes_behind(graph, std::span(&first, 1)), ElementsAre(false, true, true, false, false));
}

TEST(NodesBehind, ANodeIsBehindItselfInACircleOnly) {
  test::WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").exec("a", "b").exec("b", "a");
  const Workflow workflow = w.workflow();
  const Graph graph(workflow);
  const NodeIndex first = 0;
  EXPECT_THAT(nodes_behind(graph, std::span(&first, 1)), ElementsAre(true, true));
  EXPECT_THAT(nodes_behind(graph, {}), ElementsAre(false, false));
}

}  // namespace
}  // namespace vnode
