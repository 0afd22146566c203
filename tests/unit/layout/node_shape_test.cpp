#include "layout/node_shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workflow_builder.h"

namespace vnode {
namespace {

using test::WorkflowBuilder;
using testing::ElementsAre;

std::vector<std::string> names(const std::vector<NodeShape::PortRow>& rows) {
  std::vector<std::string> found;
  for (const NodeShape::PortRow& row : rows) found.push_back(row.port.name);
  return found;
}

NodeShape shape_of(NodeLook look) {
  WorkflowBuilder file;
  file.node("a", "x");
  return node_shapes(file.workflow(), Graph(file.workflow()),
                     [&look](const NodeInstance&) { return look; })[0];
}

TEST(NodeShape, HasTheLeastSizeOfTheEditor) {
  const NodeShape shape = shape_of({.title = "Add", .inputs = {{"a"}, {"b"}}, .outputs = {{"result"}}});
  EXPECT_EQ(shape.size.width, 220);
  EXPECT_EQ(shape.size.height, 140);
}

TEST(NodeShape, HasExecPortsFirstARowEach) {
  const NodeShape shape = shape_of({.title = "x", .inputs = {{"a"}, {"exec_in", "exec"}, {"b"}}});
  EXPECT_THAT(names(shape.inputs), ElementsAre("exec_in", "a", "b"));
  EXPECT_EQ(shape.input_y("exec_in"), 45);
  EXPECT_EQ(shape.input_y("b"), 95);
}

TEST(NodeShape, GrowsWithPortsAndFields) {
  NodeLook look{.title = "x"};
  for (int i = 0; i < 10; ++i) look.outputs.push_back({"out_" + std::to_string(i)});
  EXPECT_EQ(shape_of(look).size.height, 45 + 10 * 25 + 20);
  look.inputs.push_back({.name = "code", .widget = "text_area"});
  EXPECT_EQ(shape_of(look).size.height, 45 + 10 * 25 + 20 + 105);
  EXPECT_EQ(shape_of(look).size.width, 350);
}

TEST(NodeShape, HasAPortForEachWire) {
  WorkflowBuilder file;
  file.node("a", "x").node("b", "y").data("a.out", "b.gone").exec("a", "b");
  const auto shapes = node_shapes(file.workflow(), Graph(file.workflow()), [](const NodeInstance& node) {
    return NodeLook{.title = node.node_id, .inputs = {{"in"}}, .is_known = node.node_id == "y"};
  });
  EXPECT_THAT(names(shapes[1].inputs), ElementsAre("in", "gone", "exec_in"));
  EXPECT_TRUE(shapes[1].inputs[1].is_missing);
  EXPECT_FALSE(shapes[0].outputs[0].is_missing) << "nobody knows which ports it has";
}

TEST(NodeShape, OfAnEndlessNameIsNotEndless) {
  EXPECT_LE(shape_of({.title = std::string(100'000, 'x')}).size.width, 600);
}

}  // namespace
}  // namespace vnode
