#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"

namespace vnode::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Value port_definition(const char* name, bool is_input) {
  return Dict{{"name", name}, {"type", "number"}, {"is_input", is_input}};
}

Value inner_node(const char* node_id, Value port_name) {
  return Dict{{"node_id", node_id}, {"parameters", Dict{{"port_name", port_name}}}};
}

Dict group_parameters() {
  const Value nodes = Value::list({inner_node("group_in", "x"), inner_node("group_in", "unknown"),
                                   inner_node("group_in", ""), inner_node("group_out", "y")});
  return Dict{{"__workflow__", Dict{{"nodes", nodes}}},
              {"__port_defs__", Value::list({port_definition("x", true), port_definition("y", false)})},
              {"__name__", "Twice"}};
}

TEST(GroupIn, ReturnsTheInjectedValueOnly) {
  FakeNode node(add_group_nodes, "group_in");
  node.set("_injected_value", 4).run();
  EXPECT_THAT(node.trace, IsEmpty());
  EXPECT_THAT(node.returned, ElementsAre("value = 4"));
}

TEST(GroupOut, ContinuesThenReturnsItsInput) {
  FakeNode node(add_group_nodes, "group_out");
  node.set("value", 4).run();
  EXPECT_THAT(node.trace, ElementsAre("exec_out = True"));
  EXPECT_THAT(node.returned, ElementsAre("value = 4", "exec_out = True"));
}

TEST(GroupNode, HasThePortsOfItsDefinitions) {
  FakeNode node(add_group_nodes, "group_node", group_parameters());
  ASSERT_EQ(node.inputs.size(), 2u);
  ASSERT_EQ(node.outputs.size(), 3u);
  EXPECT_EQ(node.inputs[1].name, "x");
  EXPECT_EQ(to_repr(node.inputs[1].default_value), "0");
  EXPECT_EQ(node.outputs[2].name, "y");
}

TEST(GroupNode, RefusesMalformedPortDefinitions) {
  for (const Value& bad : {Value(), Value(5), Value("ports"), Value(Dict{{"name", "x"}}),
                           Value::list({nullptr}), Value::list({Dict{{"name", 5}}})}) {
    EXPECT_THROW(FakeNode(add_group_nodes, "group_node", Dict{{"__port_defs__", bad}}), NodeFailure);
  }
  const Value odd = Value::list({Dict(), Dict{{"name", ""}}, Dict{{"name", "exec_in"}}, Dict{{"name", "a"}}});
  FakeNode node(add_group_nodes, "group_node", Dict{{"__port_defs__", odd}});
  ASSERT_EQ(node.inputs.size(), 2u);
  EXPECT_EQ(node.inputs[0].type, "exec");
  EXPECT_EQ(node.inputs[1].type, "any");
}

TEST(GroupNode, InjectsInputsAndPushesOutputs) {
  FakeNode node(add_group_nodes, "group_node", group_parameters());
  node.group_outcome.outputs = {{"y", 8}, {"z", 1}};
  node.set("x", 4).run();
  EXPECT_EQ(to_repr(Value(node.group_injected)), "{'x': 4}");
  EXPECT_THAT(node.trace, ElementsAre("y = 8", "z = 1", "exec_out = True"));
  EXPECT_THAT(node.returned, ElementsAre("y = 8", "z = 1", "exec_out = True", "exec_fail = False"))
      << "names that are not declared, too";
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
}

TEST(GroupNode, HandsInnerErrorsToAWiredExecFail) {
  FakeNode node(add_group_nodes, "group_node", group_parameters());
  node.wired_outputs = {"exec_fail"};
  node.group_outcome.outputs = {{"y", nullptr}};
  node.group_outcome.errors = {"math_add (1): bad", "math_add (2): worse"};
  node.run();
  EXPECT_EQ(node.failure, std::nullopt);
  EXPECT_THAT(node.trace, ElementsAre("y = None", "exec_fail = True"));
  EXPECT_THAT(node.returned, ElementsAre("y = None", "exec_out = False", "exec_fail = True"));
  EXPECT_THAT(node.levels,
              ElementsAre(LogLevel::kError, LogLevel::kError, LogLevel::kInfo, LogLevel::kError));
  EXPECT_EQ(node.logs[0], "math_add (1): bad");
}

TEST(GroupNode, FailsWhereNobodyHandlesInnerErrors) {
  FakeNode node(add_group_nodes, "group_node", group_parameters());
  node.group_outcome.errors = {"math_add (1): bad", "math_add (2): worse"};
  node.run();
  EXPECT_EQ(node.failure, "Group Twice: math_add (1): bad (and 1 more)");
  EXPECT_THAT(node.trace, ElementsAre("exec_fail = True"));
}

TEST(GroupNode, FailsWithoutAWorkflow) {
  FakeNode node(add_group_nodes, "group_node");
  node.wired_outputs = {"exec_fail"};
  node.run();
  EXPECT_THAT(node.trace, ElementsAre("exec_fail = True"));
  EXPECT_THAT(node.returned, ElementsAre("exec_out = False", "exec_fail = True"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kError));
  EXPECT_TRUE(node.group_document.is_none());
}

TEST(GroupNode, ReportsARefusedWorkflow) {
  FakeNode node(add_group_nodes, "group_node", group_parameters());
  node.group_outcome.refusal = "unknown node type: nothing";
  node.run();
  EXPECT_THAT(node.failure.value_or(""), HasSubstr("unknown node type"));
  EXPECT_THAT(node.levels, Contains(LogLevel::kError));
}

}  // namespace
}  // namespace vnode::test
