#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"

namespace vnode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SetVariable, StoresAndContinues) {
  FakeNode node(add_variable_nodes, "Set Variable");
  EXPECT_EQ(to_repr(node.live("value_out")), "''");
  node.set("name", "n").set("value", nullptr).run();
  EXPECT_THAT(node.trace, ElementsAre("value_out = None", "exec_out = True"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kSuccess));
  EXPECT_NE(node.memory.find(std::string_view("n")), nullptr);
}

TEST(SetVariable, StoresNothingWithoutAName) {
  FakeNode node(add_variable_nodes, "Set Variable");
  node.set("value", 1).run();
  EXPECT_THAT(node.trace, ElementsAre("value_out = 1", "exec_out = True"));
  EXPECT_THAT(node.logs, IsEmpty());
  EXPECT_TRUE(node.memory.empty());
}

TEST(SetVariable, FailsForANameThatCannotBeAKey) {
  FakeNode node(add_variable_nodes, "Set Variable");
  node.set("name", Value::list({1})).run();
  EXPECT_EQ(node.failure, "unhashable type: 'list'");
  EXPECT_THAT(node.trace, IsEmpty());
}

TEST(GetVariable, ReadsOnceAndWhenANameIsPushed) {
  FakeNode node(add_variable_nodes, "Get Variable");
  node.memory.set("n", 5);
  node.set("name", "n").run();
  EXPECT_THAT(node.trace, ElementsAre("value = 5"));
  EXPECT_THAT(node.returned, ElementsAre("value = 5"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
  node.push_in("name", "absent");
  EXPECT_THAT(node.trace, ElementsAre("value = None"));
  EXPECT_THAT(node.logs, IsEmpty());
  node.push_in("name", Dict());
  EXPECT_TRUE(node.failure.has_value());
}

TEST(ListAppend, AppendsToANewListEachTime) {
  FakeNode node(add_variable_nodes, "List Append");
  node.memory.set("l", "no list");
  node.set("list_name", "l").set("item", 1).run();
  EXPECT_THAT(node.trace, ElementsAre("current_list = [1]", "exec_out = True"));
  EXPECT_THAT(node.returned, ElementsAre("current_list = [1]"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
  const Value first = node.live("current_list");
  node.set("item", 2).run();
  EXPECT_THAT(node.trace, ElementsAre("current_list = [1, 2]", "exec_out = True"));
  EXPECT_EQ(to_repr(first), "[1]");
}

TEST(ListAppend, AppendsNoNone) {
  FakeNode node(add_variable_nodes, "List Append");
  node.set("list_name", "l").run();
  EXPECT_THAT(node.trace, ElementsAre("current_list = []", "exec_out = True"));
  EXPECT_THAT(node.logs, IsEmpty());
  EXPECT_EQ(to_repr(*node.memory.find(std::string_view("l"))), "[]");
}

TEST(ListAppend, ReturnsOnlyWithoutAName) {
  FakeNode node(add_variable_nodes, "List Append");
  node.set("item", 1).run();
  EXPECT_THAT(node.trace, IsEmpty());
  EXPECT_THAT(node.returned, ElementsAre("current_list = []"));
  node.wired_outputs = {"exec_out"};
  node.run();
  EXPECT_THAT(node.returned, ElementsAre("current_list = []", "exec_out = True"));
}

}  // namespace
}  // namespace vnode::test
