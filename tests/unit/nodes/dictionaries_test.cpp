#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"

namespace vnode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string created(Value entries) {
  FakeNode node(add_dictionary_nodes, "create_dictionary");
  node.set("entries", entries).run();
  return to_repr(node.live("current_dict"));
}

TEST(CreateDictionary, TakesDictionariesAndPairs) {
  EXPECT_EQ(created(nullptr), "{}");
  EXPECT_EQ(created(Dict{{"k", 1}}), "{'k': 1}");
  EXPECT_EQ(created(Value::list({"ab", Value::list({"c", 1})})), "{'a': 'b', 'c': 1}");
  EXPECT_EQ(created(Value::list({"abc"})), "{}");
  EXPECT_EQ(created("ab"), "{}");
  EXPECT_EQ(created(7), "{}");
  EXPECT_EQ(created(Value::list({Value::list({Value::list({1}), 2})})), "{}");
}

TEST(CreateDictionary, StoresUnderAName) {
  FakeNode node(add_dictionary_nodes, "create_dictionary");
  node.set("dict_name", "d").run();
  EXPECT_THAT(node.trace, ElementsAre("current_dict = {}", "stored = True", "exec_out = True"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
  EXPECT_NE(node.memory.find(std::string_view("d")), nullptr);
}

TEST(GetDictValue, FindsKeysByTypeAndValue) {
  Dict dict;
  dict.set(Value(1), nullptr);
  FakeNode node(add_dictionary_nodes, "get_dict_value");
  node.set("dict", dict).set("key", 1).run();
  EXPECT_THAT(node.trace, ElementsAre("value = None", "found = True", "exec_out = True"));
  EXPECT_THAT(node.logs, IsEmpty());
  node.set("key", "1").run();
  EXPECT_THAT(node.returned, ElementsAre("value = None", "found = False"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
}

TEST(GetDictValue, WarnsWhereItCannotLook) {
  FakeNode node(add_dictionary_nodes, "get_dict_value");
  node.run();
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
  node.set("dict", Value::list({1})).run();
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
  node.set("dict", Dict{{"k", 1}}).set("key", Value::empty_list()).run();
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
  EXPECT_THAT(node.returned, ElementsAre("value = None", "found = False"));
}

TEST(GetDictValue, FallsBackToTheVariable) {
  FakeNode node(add_dictionary_nodes, "get_dict_value");
  node.memory.set("d", Dict{{"k", "v"}});
  node.set("dict", Dict()).set("dict_name", "d").set("key", "k").run();
  EXPECT_THAT(node.returned, ElementsAre("value = 'v'", "found = True"));
}

TEST(NamesOfDictionaries, ThatCannotBeHashedFailTheNode) {
  for (const char* type : {"get_dict_value", "set_dict_value"}) {
    FakeNode node(add_dictionary_nodes, type);
    node.set("dict", Dict()).set("dict_name", Dict{{"a", 1}}).set("key", "k").run();
    EXPECT_EQ(node.failure, "unhashable type: 'dict'") << type;
  }
}

TEST(SetDictValue, DoesNotStoreUnderANameThatCannotBeHashed) {
  FakeNode node(add_dictionary_nodes, "set_dict_value");
  node.set("dict", Dict{{"a", 1}}).set("dict_name", Value::list({1})).set("key", "k").set("value", 2).run();
  EXPECT_THAT(node.trace,
              ElementsAre("result_dict = {'a': 1, 'k': 2}", "success = False", "exec_out = True"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
  EXPECT_TRUE(node.memory.empty());
}

TEST(SetDictValue, ChangesACopy) {
  const Dict dict{{"k", 1}};
  FakeNode node(add_dictionary_nodes, "set_dict_value");
  node.set("dict", dict).set("key", "k").set("value", 2).run();
  EXPECT_THAT(node.trace, ElementsAre("result_dict = {'k': 2}", "success = True", "exec_out = True"));
  EXPECT_THAT(node.logs, IsEmpty());
  EXPECT_EQ(to_repr(Value(dict)), "{'k': 1}");
}

TEST(SetDictValue, ReplacesTheStoredDictionary) {
  FakeNode node(add_dictionary_nodes, "set_dict_value");
  node.memory.set("d", Dict{{"a", 1}});
  node.set("dict_name", "d").set("value", 2).run();
  EXPECT_THAT(node.returned, ElementsAre("result_dict = {'a': 1, '': 2}", "success = True"));
  EXPECT_EQ(to_repr(*node.memory.find(std::string_view("d"))), "{'a': 1, '': 2}");
}

TEST(SetDictValue, StartsEmptyWithoutANameAndGivesNoneForAMissingOne) {
  FakeNode node(add_dictionary_nodes, "set_dict_value");
  node.set("key", "k").run();
  EXPECT_THAT(node.returned, ElementsAre("result_dict = {'k': None}", "success = True"));
  node.set("dict_name", "nowhere").run();
  EXPECT_THAT(node.trace, ElementsAre("result_dict = None", "success = False", "exec_out = True"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
  EXPECT_TRUE(node.memory.empty());
}

TEST(SetDictValue, RefusesKeysThatCannotBe) {
  FakeNode node(add_dictionary_nodes, "set_dict_value");
  for (const Value& key : {Value(), Value::empty_list()}) {
    node.set("dict", Dict{{"a", 1}}).set("key", key).run();
    EXPECT_THAT(node.trace, ElementsAre("result_dict = {'a': 1}", "success = False", "exec_out = True"));
    EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
  }
  node.set("dict", "text").run();
  EXPECT_TRUE(node.failure.has_value());
}

}  // namespace
}  // namespace vnode::test
