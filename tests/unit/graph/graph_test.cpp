#include "graph/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workflow_builder.h"

namespace vnode {
namespace {

using test::numbered_id;
using test::WorkflowBuilder;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Graph, ListsWiresByNodeAndKindInFileOrder) {
  WorkflowBuilder file;
  file.node("a", "x").node("b", "x").node("c", "x");
  file.data("b.o", "c.i").exec("a", "c").data("a.o", "c.i").data("a.o", "b.i").exec("b", "c");
  const Graph graph(file.workflow());

  EXPECT_EQ(graph.node_count(), 3u);
  EXPECT_EQ(graph.wire_count(), 5u);
  EXPECT_THAT(graph.data_in(2), ElementsAre(0, 2));
  EXPECT_THAT(graph.data_out(0), ElementsAre(2, 3));
  EXPECT_THAT(graph.exec_in(2), ElementsAre(1, 4));
  EXPECT_THAT(graph.exec_out(1), ElementsAre(4));
  EXPECT_THAT(graph.exec_in(0), IsEmpty());
  EXPECT_EQ(graph.from(0), 1u);
  EXPECT_EQ(graph.to(0), 2u);
}

TEST(Graph, KnowsWhatIsFlowDriven) {
  WorkflowBuilder file;
  file.node("a", "x").node("b", "x").node("c", "x").exec("a", "b");
  const Graph graph(file.workflow());

  EXPECT_TRUE(graph.has_exec_wires());
  EXPECT_FALSE(graph.is_flow_driven(0));
  EXPECT_TRUE(graph.is_flow_driven(1));
  EXPECT_TRUE(graph.is_connected(0));
  EXPECT_FALSE(graph.is_connected(2));
}

TEST(Graph, LeavesOutWiresWithAMissingEnd) {
  WorkflowBuilder file;
  file.node("a", "x").node("b", "x").exec("a", "b").data("a.o", "b.i");
  Workflow workflow = file.workflow();
  workflow.connections[0].to_node = numbered_id(9);
  workflow.connections[1].from_node = numbered_id(9);
  const Graph graph(workflow);

  EXPECT_EQ(graph.from(0), 0u);
  EXPECT_EQ(graph.to(0), Graph::kNowhere);
  EXPECT_EQ(graph.from(1), Graph::kNowhere);
  EXPECT_THAT(graph.exec_out(0), IsEmpty());
  EXPECT_THAT(graph.data_in(1), IsEmpty());
  EXPECT_TRUE(graph.has_exec_wires()) << "a wire that leads nowhere still makes the file one of flow mode";
}

TEST(Graph, FindsNodesByInstanceId) {
  WorkflowBuilder file;
  file.node("a", "x").node("b", "x");
  const Graph graph(file.workflow());
  EXPECT_EQ(graph.find(file.id("b")), 1u);
  EXPECT_EQ(graph.find(numbered_id(9)), std::nullopt);
}

TEST(Graph, MayBeEmpty) {
  const Graph graph{Workflow()};
  EXPECT_EQ(graph.node_count(), 0u);
  EXPECT_EQ(graph.wire_count(), 0u);
  EXPECT_FALSE(graph.has_exec_wires());
}

}  // namespace
}  // namespace vnode
