#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"

namespace vnode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ConsolePrint, PrintsLogsAndContinues) {
  FakeNode node(add_general_nodes, "console_print");
  node.set("data", Value::list({1, "a"})).run();
  EXPECT_THAT(node.printed, ElementsAre("PRINT NODE: [1, 'a']"));
  EXPECT_THAT(node.trace, ElementsAre("out = \"[1, 'a']\"", "exec_out = True"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kSuccess));
  node.set("data", nullptr).run();
  EXPECT_THAT(node.returned, ElementsAre("out = ''"));
}

TEST(ConsolePrint, PrintsEveryPushToIt) {
  FakeNode node(add_general_nodes, "console_print");
  node.push_in("data", nullptr);
  EXPECT_THAT(node.printed, ElementsAre("STREAM PRINT: None"));
  node.push_in("data", 5);
  EXPECT_THAT(node.printed, ElementsAre("STREAM PRINT: 5"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
  EXPECT_THAT(node.trace, IsEmpty());
  EXPECT_EQ(to_repr(node.live("out")), "5");
}

TEST(ConsolePrint, LogsLittleOfALot) {
  FakeNode node(add_general_nodes, "console_print");
  node.set("data", std::string(10'000, 'x')).run();
  EXPECT_LT(node.logs[0].size(), 300u);
  EXPECT_GT(node.printed[0].size(), 10'000u);
}

TEST(ConsoleSink, PrintsAndContinuesWhereAWireLeaves) {
  FakeNode node(add_general_nodes, "Console Sink");
  node.run();
  EXPECT_THAT(node.printed, ElementsAre("SINK: None"));
  EXPECT_THAT(node.trace, IsEmpty());
  EXPECT_THAT(node.returned, IsEmpty());
  node.wired_outputs = {"exec_out"};
  node.run();
  EXPECT_THAT(node.returned, ElementsAre("exec_out = True"));
  EXPECT_THAT(node.logs, IsEmpty());
}

TEST(MessageNode, LogsItsMessage) {
  FakeNode node(add_general_nodes, "message_node");
  node.set("msg", 1.0).run();
  EXPECT_THAT(node.trace, ElementsAre("out = '1.0'", "exec_out = True"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
  node.push_in("msg", 2);
  EXPECT_THAT(node.trace, IsEmpty());
  EXPECT_THAT(node.logs, IsEmpty());
  EXPECT_EQ(to_repr(node.live("out")), "2");
}

TEST(DataProcessor, ReturnsOnly) {
  FakeNode node(add_general_nodes, "Data Processor");
  node.run();
  EXPECT_THAT(node.trace, IsEmpty());
  EXPECT_THAT(node.returned, ElementsAre("data_out = 'Processed: None'"));
  node.wired_outputs = {"exec_out"};
  node.set("data_in", "x").run();
  EXPECT_THAT(node.returned, ElementsAre("data_out = 'Processed: x'", "exec_out = True"));
}

TEST(DropdownSelector, StartsEmptyAlthoughItsDefaultIsTheFirstOption) {
  FakeNode node(add_general_nodes, "Dropdown_Selector");
  ASSERT_EQ(node.inputs.size(), 1u);
  ASSERT_EQ(node.outputs.size(), 1u);
  EXPECT_EQ(to_repr(node.inputs[0].default_value), "'Option A'");
  node.run();
  EXPECT_THAT(node.trace, IsEmpty());
  EXPECT_THAT(node.returned, ElementsAre("selected_item = ''"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
  node.push_in("selection", "Option B");
  EXPECT_THAT(node.trace, ElementsAre("selected_item = 'Option B'"));
}

TEST(ListItemPicker, PicksByText) {
  FakeNode node(add_general_nodes, "list_item_picker");
  node.set("items", Value::list({"a", 1, 1.0})).set("selection", "1").run();
  EXPECT_THAT(node.trace, IsEmpty());
  EXPECT_THAT(node.returned, ElementsAre("selected_item = 1"));
  node.wired_outputs = {"exec_out"};
  node.set("selection", "b").run();
  EXPECT_THAT(node.returned, ElementsAre("selected_item = None", "exec_out = True"));
  node.set("selection", 1).run();
  EXPECT_THAT(node.returned, ElementsAre("selected_item = None", "exec_out = True"));
  node.set("items", nullptr).run();
  EXPECT_TRUE(node.failure.has_value());
}

}  // namespace
}  // namespace vnode::test
