#include "engine/node_address.h"

#include <gtest/gtest.h>

#include "support/workflow_builder.h"

namespace vnode::test {
namespace {

TEST(NodeAddress, SplitsAtTheLongestNode) {
  WorkflowBuilder builder;
  builder.node("first", "a").node("second", "a.b");
  Problems problems;
  EXPECT_EQ(resolve_address(builder.workflow(), "a.b.c", problems)->node, 1u);
  EXPECT_EQ(resolve_address(builder.workflow(), "a.b.c", problems)->port, "c");
  EXPECT_EQ(resolve_address(builder.workflow(), "a.x.y.z", problems)->node, 0u);
  EXPECT_EQ(resolve_address(builder.workflow(), "a.x.y.z", problems)->port, "x.y.z");
  EXPECT_TRUE(problems.empty());
}

TEST(NodeAddress, NodeAndPortCanBeGivenApart) {
  WorkflowBuilder builder;
  builder.node("n", "a.b");
  Problems problems;
  EXPECT_EQ(resolve_address(builder.workflow(), "a.b", "x.y", problems)->port, "x.y");
  EXPECT_FALSE(resolve_address(builder.workflow(), "a", "x", problems));
  EXPECT_EQ(problems.back().code, "unknown_node");
}

TEST(NodeAddress, AnIdGoesBeforeANameAndANameBeforeANodeId) {
  WorkflowBuilder builder;
  builder.node("one", "word").node("two", "other", {{"__name__", "word"}});
  builder.node("three", "third", {{"__name__", builder.id("one").text()}});
  Problems problems;
  EXPECT_EQ(resolve_address(builder.workflow(), "word.p", problems)->node, 1u);
  EXPECT_EQ(resolve_address(builder.workflow(), builder.id("one").text() + ".p", problems)->node, 0u);
}

TEST(NodeAddress, AmbiguousNamesListTheInstances) {
  WorkflowBuilder builder;
  for (int i = 0; i < 30; ++i) builder.node("n" + std::to_string(i), "same");
  Problems problems;
  EXPECT_FALSE(resolve_address(builder.workflow(), "same.p", problems));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].code, "ambiguous_node");
  EXPECT_NE(problems[0].hint.find(builder.id("n3").text()), std::string::npos);
  EXPECT_LT(problems[0].hint.size(), 600u);
}

TEST(NodeAddress, PortsOfAnInstanceIncludeDynamicOnes) {
  NodeLibrary library;
  NodeType type;
  type.definition.node_id = "dynamic";
  type.definition.outputs = {{"out"}};
  type.restore_ports = [](const Dict&, PortSet ports) { ports.add_input({"extra"}); };
  library.add(std::move(type));
  Registry registry;
  registry.add_library(library);
  WorkflowBuilder builder;
  builder.node("n", "dynamic").node("m", "unknown");
  const auto ports = instance_ports(builder.workflow().nodes[0], registry);
  ASSERT_TRUE(ports);
  EXPECT_EQ(ports->inputs.back().name, "extra");
  EXPECT_EQ(ports->outputs.back().name, "out");
  EXPECT_FALSE(instance_ports(builder.workflow().nodes[1], registry));
}

}  // namespace
}  // namespace vnode::test
