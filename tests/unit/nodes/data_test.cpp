#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"

namespace vnode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string variable(Value type, Value value) {
  FakeNode node(add_data_nodes, "variable_node");
  node.set("type", type).set("value", value).run();
  return to_repr(node.live("out"));
}

TEST(VariableNode, ConvertsToItsType) {
  EXPECT_EQ(variable("int", nullptr), "0");
  EXPECT_EQ(variable("int", " 12 "), "12");
  EXPECT_EQ(variable("int", "5.7"), "'5.7'");
  EXPECT_EQ(variable("int", 5.7), "5");
  EXPECT_EQ(variable("int", Value::list({1})), "[1]");
  EXPECT_EQ(variable("int", std::nan("")), "nan");
  EXPECT_EQ(variable("float", nullptr), "0.0");
  EXPECT_EQ(variable("float", "2"), "2.0");
  EXPECT_EQ(variable("float", "x"), "'x'");
  EXPECT_EQ(variable("bool", "YES"), "True");
  EXPECT_EQ(variable("bool", " true"), "False");
  EXPECT_EQ(variable("bool", "5"), "False");
  EXPECT_EQ(variable("bool", 5), "True");
  EXPECT_EQ(variable("bool", nullptr), "False");
  EXPECT_EQ(variable("string", nullptr), "''");
  EXPECT_EQ(variable("string", 1.0), "'1.0'");
  EXPECT_EQ(variable(nullptr, true), "'True'");
}

TEST(VariableNode, PushesWhenItRunsAndWhenAnInputIsPushed) {
  FakeNode node(add_data_nodes, "variable_node");
  node.set("value", "3").run();
  EXPECT_THAT(node.trace, ElementsAre("out = '3'", "exec_out = True"));
  node.push_in("type", "int");
  EXPECT_THAT(node.trace, ElementsAre("out = 3"));
  EXPECT_THAT(node.logs, IsEmpty());
}

TEST(CreateList, MakesAListOfAnything) {
  FakeNode node(add_data_nodes, "create_list");
  node.set("items", "ab").run();
  EXPECT_THAT(node.trace, ElementsAre("current_list = ['a', 'b']", "stored = False", "exec_out = True"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
  node.set("items", 5).run();
  EXPECT_THAT(node.returned, ElementsAre("current_list = [5]", "stored = False"));
  node.set("items", nullptr).run();
  EXPECT_THAT(node.returned, ElementsAre("current_list = []", "stored = False"));
  node.set("items", Dict{{"k", 1}}).run();
  EXPECT_THAT(node.returned, ElementsAre("current_list = ['k']", "stored = False"));
}

TEST(CreateList, StoresUnderAName) {
  FakeNode node(add_data_nodes, "create_list");
  node.set("items", Value::list({1})).set("list_name", 5).run();
  EXPECT_THAT(node.returned, ElementsAre("current_list = [1]", "stored = True"));
  EXPECT_EQ(to_repr(*node.memory.find(Value(5.0))), "[1]");
  node.set("list_name", Value::list({1})).run();
  EXPECT_TRUE(node.failure.has_value());
}

std::string item(Value list, Value index) {
  FakeNode node(add_data_nodes, "get_list_item");
  node.set("list", list).set("index", index).run();
  EXPECT_EQ(node.levels.size(), truthy(node.live("success")) ? 0u : 1u);
  return to_repr(node.live("item")) + (truthy(node.live("success")) ? "" : " missing");
}

TEST(GetListItem, IndexesAsPythonDoes) {
  const Value list = Value::list({10, 20, 30});
  EXPECT_EQ(item(list, 0), "10");
  EXPECT_EQ(item(list, -1), "30");
  EXPECT_EQ(item(list, -3), "10");
  EXPECT_EQ(item(list, -4), "None missing");
  EXPECT_EQ(item(list, 3), "None missing");
  EXPECT_EQ(item(list, 1.9), "20");
  EXPECT_EQ(item(list, "1.9"), "10");
  EXPECT_EQ(item(list, nullptr), "10");
  EXPECT_EQ(item(list, true), "20");
  EXPECT_EQ(item(list, Value::big_int("100000000000000000000")), "None missing");
}

TEST(GetListItem, TakesTextsAndDictionariesToo) {
  EXPECT_EQ(item("h\xC3\xA9llo", 1), "'\xC3\xA9'");
  EXPECT_EQ(item("h\xC3\xA9", -1), "'\xC3\xA9'");
  EXPECT_EQ(item("", 0), "None missing");
  Dict dict;
  dict.set(Value(1), "one");
  EXPECT_EQ(item(dict, 1), "'one'");
  EXPECT_EQ(item(dict, -1), "None missing");
  EXPECT_EQ(item(42, 0), "None missing");
}

TEST(GetListItem, FallsBackToTheVariableForAnEmptyListOnly) {
  FakeNode node(add_data_nodes, "get_list_item");
  node.memory.set("l", Value::list({"x"}));
  node.set("list_name", "l").run();
  EXPECT_THAT(node.trace, ElementsAre("item = 'x'", "success = True", "exec_out = True"));
  node.set("list", "").run();
  EXPECT_THAT(node.returned, ElementsAre("item = None", "success = False"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
}

TEST(NamesOfLists, ThatCannotBeHashedFailTheNode) {
  for (const char* type : {"get_list_item", "list_length"}) {
    FakeNode node(add_data_nodes, type);
    node.set("list", nullptr).set("list_name", Value::list({1})).run();
    EXPECT_EQ(node.failure, "unhashable type: 'list'") << type;
    node.set("list", Value::list({1})).run();
    EXPECT_EQ(node.failure, std::nullopt) << "it is not looked up";
  }
}

TEST(ListLength, CountsItemsCharactersAndKeys) {
  FakeNode node(add_data_nodes, "list_length");
  node.run();
  EXPECT_THAT(node.trace, ElementsAre("length = 0", "exec_out = True"));
  EXPECT_THAT(node.logs, IsEmpty());
  node.set("list", Value::list({1, 2})).run();
  EXPECT_THAT(node.returned, ElementsAre("length = 2"));
  node.set("list", "\xC3\xA9").run();
  EXPECT_THAT(node.returned, ElementsAre("length = 1"));
  EXPECT_THAT(node.logs, IsEmpty());
  node.set("list", 5).run();
  EXPECT_THAT(node.returned, ElementsAre("length = 0"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
}

}  // namespace
}  // namespace vnode::test
