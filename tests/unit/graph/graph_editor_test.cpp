#include "graph/graph_editor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/graph/long_chain.h"

namespace vnode {
namespace {

using test::kManyNodes;
using test::numbered_id;
using test::numbered_node;
using test::wire;
using testing::HasSubstr;
using testing::SizeIs;

GraphEditor editor_with(std::size_t nodes) {
  GraphEditor editor;
  for (std::size_t i = 1; i <= nodes; ++i) EXPECT_TRUE(editor.add_node(numbered_node(i)));
  return editor;
}

TEST(GraphEditor, KeepsOrder) {
  GraphEditor editor = editor_with(3);
  EXPECT_TRUE(editor.add_connection(wire(3, 1)));
  EXPECT_TRUE(editor.add_connection(wire(2, 1)));
  const Workflow workflow = editor.take();
  EXPECT_EQ(workflow.nodes[2].instance_id, numbered_id(3));
  EXPECT_EQ(workflow.connections[1].from_node, numbered_id(2));
  EXPECT_THAT(editor.workflow().nodes, SizeIs(0));
}

TEST(GraphEditor, RefusesAnInstanceIdThatIsTaken) {
  GraphEditor editor = editor_with(1);
  const Result<void> added = editor.add_node(numbered_node(1));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kInvalidValue);
  EXPECT_THAT(editor.workflow().nodes, SizeIs(1));
}

TEST(GraphEditor, RefusesWiresFromOrToNowhere) {
  GraphEditor editor = editor_with(1);
  for (const Connection& connection : {wire(1, 2), wire(2, 1)}) {
    const Result<void> added = editor.add_connection(connection);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(added.error().message, HasSubstr(numbered_id(2).text()));
  }
}

// Rule 34.
TEST(GraphEditor, RefusesAWireThatClosesACycleAndNamesIt) {
  GraphEditor editor = editor_with(3);
  EXPECT_TRUE(editor.add_connection(wire(1, 2)));
  EXPECT_TRUE(editor.add_connection(wire(2, 3, true)));
  const Result<void> added = editor.add_connection(wire(3, 1));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kInvalidValue);
  const std::string one = node_label(numbered_node(1)), two = node_label(numbered_node(2)),
                    three = node_label(numbered_node(3));
  EXPECT_THAT(added.error().message, HasSubstr(one + " -> " + two + " -> " + three + " -> " + one));
  EXPECT_THAT(editor.workflow().connections, SizeIs(2));
}

TEST(GraphEditor, RefusesAWireFromANodeToItself) {
  GraphEditor editor = editor_with(1);
  EXPECT_FALSE(editor.add_connection(wire(1, 1)));
}

TEST(GraphEditor, AllowsACycleThroughBreakCondition) {
  GraphEditor editor = editor_with(2);
  EXPECT_TRUE(editor.add_connection(wire(1, 2)));
  Connection feedback = wire(2, 1);
  feedback.to_port = "break_condition";
  EXPECT_TRUE(editor.add_connection(feedback));
  EXPECT_TRUE(editor.add_connection(wire(1, 2)))
      << "the cycle is there already and passes through break_condition";
}

// Engine rule 44.
TEST(GraphEditor, AllowsACycleThroughTheResultOfAMap) {
  GraphEditor editor = editor_with(1);
  NodeInstance map = numbered_node(2);
  map.node_id = "Parallel For Each";
  ASSERT_TRUE(editor.add_node(map));
  EXPECT_TRUE(editor.add_connection(wire(2, 1)));
  Connection result = wire(1, 2);
  EXPECT_FALSE(editor.add_connection(result));
  result.to_port = "result";
  EXPECT_TRUE(editor.add_connection(result));
}

TEST(GraphEditor, DoesNotMindCyclesThatAreThereAlready) {
  Workflow ring = test::long_chain(3);
  ring.connections.push_back(wire(3, 1));
  ring.nodes.push_back(numbered_node(4));
  GraphEditor editor(ring);
  EXPECT_TRUE(editor.add_connection(wire(3, 4)));
  EXPECT_FALSE(editor.add_connection(wire(4, 2)));
}

TEST(GraphEditor, ForgetsWiresThatAreRemoved) {
  GraphEditor editor = editor_with(2);
  EXPECT_TRUE(editor.add_connection(wire(1, 2)));
  EXPECT_TRUE(editor.remove_connection(wire(1, 2)));
  EXPECT_TRUE(editor.add_connection(wire(2, 1)));
  const Result<void> removed = editor.remove_connection(wire(1, 2));
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, ErrorCode::kNotFound);
}

TEST(GraphEditor, RemovesANodeWithItsWires) {
  GraphEditor editor = editor_with(3);
  EXPECT_TRUE(editor.add_connection(wire(1, 2)));
  EXPECT_TRUE(editor.add_connection(wire(2, 3)));
  EXPECT_TRUE(editor.remove_node(numbered_id(2)));
  EXPECT_THAT(editor.workflow().nodes, SizeIs(2));
  EXPECT_THAT(editor.workflow().connections, SizeIs(0));
  EXPECT_TRUE(editor.add_connection(wire(3, 1)));
  const Result<void> removed = editor.remove_node(numbered_id(2));
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(editor.add_node(numbered_node(2)));
}

TEST(GraphEditor, BuildsLongChainsInBothDirections) {
  GraphEditor editor = editor_with(kManyNodes);
  const std::size_t half = kManyNodes / 2;
  for (std::size_t i = 1; i < half; ++i) ASSERT_TRUE(editor.add_connection(wire(i, i + 1)));
  for (std::size_t i = kManyNodes; i > half + 1; --i) ASSERT_TRUE(editor.add_connection(wire(i - 1, i)));
  EXPECT_TRUE(editor.add_connection(wire(half, half + 1)));
  EXPECT_FALSE(editor.add_connection(wire(kManyNodes, 1)));
}

}  // namespace
}  // namespace vnode
