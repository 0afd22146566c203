#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"

namespace vnode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

bool compare(Value a, Value operation, Value b) {
  FakeNode node(add_logic_nodes, "compare");
  node.set("a", a).set("operation", operation).set("b", b).run();
  EXPECT_EQ(node.failure, std::nullopt);
  return node.live("result").as_bool();
}

TEST(Compare, ComparesNumbersAsFloats) {
  EXPECT_TRUE(compare(1, "==", "1.0"));
  EXPECT_TRUE(compare(nullptr, "==", 0));
  EXPECT_TRUE(compare(true, "==", 1));
  EXPECT_TRUE(compare("10", ">", "9"));
  EXPECT_TRUE(compare(1, "<=", 1));
  EXPECT_TRUE(compare(1, ">=", 1));
  EXPECT_FALSE(compare(1, "<", 1));
  EXPECT_FALSE(compare(std::nan(""), "==", std::nan("")));
  EXPECT_TRUE(compare(std::nan(""), "!=", std::nan("")));
  EXPECT_FALSE(compare(std::nan(""), ">=", 0));
}

TEST(Compare, ComparesTheRestAsTexts) {
  EXPECT_TRUE(compare("apple", "<", "banana"));
  EXPECT_TRUE(compare(Value::list({1}), "==", "[1]"));
  EXPECT_TRUE(compare("\xEF\xBF\xBD", "<", "\xF0\x9F\x91\x8D"));
  EXPECT_FALSE(compare("True", "==", true));
  EXPECT_TRUE(compare("True", "!=", true));
}

TEST(Compare, UnknownOperationsAreFalse) {
  EXPECT_FALSE(compare(1, "=", 1));
  EXPECT_FALSE(compare(1, nullptr, 1));
  EXPECT_FALSE(compare("a", "<>", 1));
}

TEST(Compare, LogsAnErrorForOrderingTextAndNumber) {
  FakeNode node(add_logic_nodes, "compare");
  node.set("a", "x").set("operation", "<").set("b", 1).run();
  EXPECT_THAT(node.trace, ElementsAre("result = False", "exec_out = True"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo, LogLevel::kError));
}

TEST(Compare, FailsForAnIntegerTooLargeForAFloat) {
  FakeNode node(add_logic_nodes, "compare");
  node.set("a", Value::big_int("1" + std::string(400, '0'))).run();
  EXPECT_TRUE(node.failure.has_value());
  node.push_in("b", 1);
  EXPECT_THAT(node.trace, ElementsAre("result = False"));
}

TEST(Compare, RecomputesWhenAnInputIsPushed) {
  FakeNode node(add_logic_nodes, "compare");
  node.set("a", 1);
  node.push_in("b", 1);
  EXPECT_THAT(node.trace, ElementsAre("result = True"));
  node.push_in("operation", "<");
  EXPECT_THAT(node.trace, ElementsAre("result = False"));
  node.push_in("a", "word");
  EXPECT_THAT(node.trace, ElementsAre("result = False"));
  EXPECT_THAT(node.logs, IsEmpty());
}

TEST(LogicalGate, AppliesItsOperation) {
  FakeNode node(add_logic_nodes, "logical_gate");
  node.set("a", "false").set("b", 0).run();
  EXPECT_THAT(node.trace, ElementsAre("result = False", "exec_out = True"));
  EXPECT_THAT(node.logs, IsEmpty());
  node.push_in("operation", "OR");
  EXPECT_THAT(node.trace, ElementsAre("result = True"));
  node.push_in("operation", "NOT");
  EXPECT_THAT(node.trace, ElementsAre("result = False"));
  node.push_in("a", 0);
  EXPECT_THAT(node.trace, ElementsAre("result = True"));
  node.push_in("operation", "and");
  EXPECT_THAT(node.trace, ElementsAre("result = False"));
}

TEST(IfCondition, PushesBothSidesBeforeItBranches) {
  FakeNode node(add_logic_nodes, "if_condition");
  node.set("condition", "0").set("data", 7).run();
  EXPECT_THAT(node.trace, ElementsAre("on_true = 7", "on_false = None", "result = True", "exec_out = True"));
  EXPECT_THAT(node.returned, ElementsAre("on_true = 7", "on_false = None", "result = True", "exec_out = True",
                                         "exec_false = False"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo, LogLevel::kInfo));

  node.set("condition", 0.0).run();
  EXPECT_THAT(node.trace,
              ElementsAre("on_true = None", "on_false = 7", "result = False", "exec_false = True"));
}

TEST(TwoWaySwitch, PassesOneInputAndAlwaysContinues) {
  FakeNode node(add_logic_nodes, "Two Way Switch");
  node.set("input_1", 1).set("input_2", 2).run();
  EXPECT_THAT(node.trace, ElementsAre("output = 2", "exec_out = True"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
  node.push_in("condition", "false");
  EXPECT_THAT(node.trace, ElementsAre("output = 1"));
  EXPECT_THAT(node.logs, IsEmpty());
}

}  // namespace
}  // namespace vnode::test
