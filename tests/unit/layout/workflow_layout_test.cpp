#include "layout/workflow_layout.h"

#include <gtest/gtest.h>

#include "support/workflow_builder.h"

namespace vnode {
namespace {

using test::WorkflowBuilder;

NodeLook look_of(const NodeInstance& node) {
  return {.title = node.node_id, .inputs = {{"in"}}, .outputs = {{"out"}}};
}

Workflow placed(std::initializer_list<Value> positions) {
  WorkflowBuilder file;
  for (std::size_t i = 0; i < positions.size(); ++i) file.node("n" + std::to_string(i), "x");
  Workflow workflow = file.workflow();
  for (std::size_t i = 0; i < positions.size(); ++i) workflow.nodes[i].position = *(positions.begin() + i);
  return workflow;
}

Value pair(Value x, Value y) { return Value::list({std::move(x), std::move(y)}); }

WorkflowLayout layout_of(const Workflow& workflow) {
  const Graph graph(workflow);
  return lay_out(workflow, graph, node_shapes(workflow, graph, look_of));
}

TEST(WorkflowLayout, KeepsThePositionsOfTheFile) {
  const WorkflowLayout layout = layout_of(placed({pair(-10, 2.5), pair("100", 7)}));
  EXPECT_EQ(layout.nodes[0].x, -10);
  EXPECT_EQ(layout.nodes[0].y, 2.5);
  EXPECT_EQ(layout.nodes[1].x, 100);
}

TEST(WorkflowLayout, TakesNodesInOnePlaceForNodesWithoutOne) {
  const WorkflowLayout layout = layout_of(placed({pair(0, 0), pair(0, 0), pair(0, 0)}));
  EXPECT_NE(layout.nodes[0].x, layout.nodes[1].x);
}

TEST(WorkflowLayout, PutsNewNodesBelowTheOthers) {
  const WorkflowLayout layout = layout_of(placed({pair(100, 100), Value(), pair(400, 0)}));
  EXPECT_EQ(layout.nodes[1].x, 100);
  EXPECT_GE(layout.nodes[1].y, 240);
}

TEST(WorkflowLayout, DoesNotTakeCoordinatesThatNobodyCanSee) {
  for (const Value& bad : {pair(1e300, 0), pair("nan", 0), pair(Value(), 0), Value(3), Value("x")}) {
    EXPECT_FALSE(read_position(bad).has_value());
  }
}

TEST(MissingPositions, AreSetAndOthersKeptAsTheyAre) {
  Workflow workflow = placed({pair("5", "6"), Value(), pair(900, 6)});
  set_missing_positions(workflow, look_of);
  EXPECT_TRUE(workflow.nodes[0].position.as_list()[0].is_text());
  EXPECT_TRUE(read_position(workflow.nodes[1].position).has_value());
}

TEST(MissingPositions, LeadFromLeftToRight) {
  WorkflowBuilder file;
  file.node("c", "x").node("a", "x").node("b", "x").data("a.out", "b.in").data("b.out", "c.in");
  Workflow workflow = file.workflow();
  for (NodeInstance& node : workflow.nodes) node.position = Value();
  set_missing_positions(workflow, look_of);
  const auto x = [&](std::size_t node) { return read_position(workflow.nodes[node].position)->x; };
  EXPECT_LT(x(1), x(2));
  EXPECT_LT(x(2), x(0));
}

}  // namespace
}  // namespace vnode
