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

TEST(NodeAddress, TheBeginningOfAnIdWillDo) {
  WorkflowBuilder builder;
  builder.node("one", "a").node("two", "b");
  Workflow workflow = builder.workflow();
  workflow.nodes[0].instance_id = *Uuid::parse("c0ffee01-0000-0000-0000-000000000001");
  workflow.nodes[1].instance_id = *Uuid::parse("c0ffee02-0000-0000-0000-000000000001");
  Problems problems;
  EXPECT_EQ(resolve_address(workflow, "c0ffee01.p", problems)->node, 0u);
  EXPECT_EQ(resolve_address(workflow, "C0FFEE02-00", "p", problems)->node, 1u);
  EXPECT_TRUE(problems.empty());
  EXPECT_FALSE(resolve_address(workflow, "c0ffee", "p", problems));
  EXPECT_EQ(problems.back().code, "ambiguous_node");
  EXPECT_FALSE(resolve_address(workflow, "c0f", "p", problems));
  EXPECT_EQ(problems.back().code, "unknown_node");
}

TEST(NodeAddress, AMistypedNodeFarFromAnyListsThem) {
  WorkflowBuilder builder;
  builder.node("one", "first").node("two", "second", {{"__name__", "Second One"}}).node("three", "first");
  Problems problems;
  EXPECT_FALSE(resolve_address(builder.workflow(), "frist.p", problems));
  EXPECT_EQ(problems.back().hint, "did you mean 'first'?");
  EXPECT_FALSE(resolve_address(builder.workflow(), "something.p", problems));
  EXPECT_EQ(problems.back().hint, "its nodes are 'first', 'Second One', 'second'");
  for (int i = 0; i < 20; ++i) builder.node("n" + std::to_string(i), "type" + std::to_string(i));
  EXPECT_FALSE(resolve_address(builder.workflow(), "something.p", problems));
  EXPECT_TRUE(problems.back().hint.ends_with("'type6' and 13 more")) << problems.back().hint;
}

TEST(NodeAddress, ATargetIsANodeOrAnOutputOfOne) {
  WorkflowBuilder builder;
  builder.node("first", "a").node("second", "a.b");
  Problems problems;
  EXPECT_EQ(resolve_target(builder.workflow(), "a.b", problems)->node, 1u);
  EXPECT_EQ(resolve_target(builder.workflow(), "a.b", problems)->port, "");
  EXPECT_EQ(resolve_target(builder.workflow(), "a.c", problems)->node, 0u);
  EXPECT_EQ(resolve_target(builder.workflow(), "a.c", problems)->port, "c");
  EXPECT_EQ(resolve_target(builder.workflow(), "a", problems)->node, 0u);
  EXPECT_TRUE(problems.empty());
}

TEST(NodeAddress, WordsForNodesStandForThemAlone) {
  WorkflowBuilder builder;
  builder.node("a", "same").node("b", "same").node("c", "own", {{"__name__", "third"}});
  builder.node("d", "third")
      .node("e", "single")
      .node("f", "x", {{"__name__", "twice"}})
      .node("g", "x", {{"__name__", "twice"}});
  const std::vector<std::string> words = node_words(builder.workflow());
  EXPECT_EQ(words[2], "third");
  EXPECT_EQ(words[4], "single");
  for (std::size_t i = 0; i < words.size(); ++i) {
    Problems problems;
    const auto found = resolve_address(builder.workflow(), words[i], "p", problems);
    ASSERT_TRUE(found) << words[i];
    EXPECT_EQ(found->node, i) << words[i];
  }
}

TEST(NodeAddress, ShortIdsAreAsShortAsTheyCanBe) {
  Workflow workflow;
  for (const char* id : {"11111111-0000-0000-0000-000000000000", "11111111-1000-0000-0000-000000000000",
                         "22222222-0000-0000-0000-000000000000"}) {
    workflow.nodes.push_back({.instance_id = *Uuid::parse(id), .node_id = "n"});
  }
  EXPECT_EQ(short_ids(workflow), (std::vector<std::string>{"11111111-0", "11111111-1", "22222222"}));
  EXPECT_TRUE(short_ids({}).empty());
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
