#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"

namespace vnode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string split(Value text, Value separator) {
  FakeNode node(add_text_nodes, "string_split");
  node.set("text", text).set("separator", separator).run();
  return to_repr(node.live("items"));
}

std::string replace(Value text, Value old_text, Value new_text) {
  FakeNode node(add_text_nodes, "string_replace");
  node.set("text", text).set("old", old_text).set("new", new_text).run();
  return to_repr(node.live("result"));
}

TEST(StringConcat, JoinsTwoTextsAndLogs) {
  FakeNode node(add_text_nodes, "string_concat");
  node.set("str1", "a").set("str2", 1.0).set("separator", "-").run();
  EXPECT_THAT(node.trace, ElementsAre("combined = 'a-1.0'", "exec_out = True"));
  EXPECT_THAT(node.returned, ElementsAre("combined = 'a-1.0'"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
}

TEST(StringConcat, InsertsTheSeparatorBesideNothing) {
  FakeNode node(add_text_nodes, "string_concat");
  node.set("str1", nullptr).set("str2", "b").set("separator", nullptr).run();
  EXPECT_THAT(node.returned, ElementsAre("combined = 'Noneb'"));
}

TEST(StringConcat, PrefersANonEmptyList) {
  FakeNode node(add_text_nodes, "string_concat");
  node.set("str1", "x").set("separator", ", ");
  node.set("str_list", Value::list({1, nullptr, "b", Value::list({2})})).run();
  EXPECT_THAT(node.returned, ElementsAre("combined = '1, , b, [2]'"));
  node.set("str_list", Value::empty_list()).run();
  EXPECT_THAT(node.returned, ElementsAre("combined = 'x, '"));
  node.set("str_list", "abc").run();
  EXPECT_THAT(node.returned, ElementsAre("combined = 'x, '"));
}

TEST(StringSplit, SplitsAtEverySeparator) {
  EXPECT_EQ(split("a,b,,c", ","), "['a', 'b', '', 'c']");
  EXPECT_EQ(split("", ","), "['']");
  EXPECT_EQ(split(",", ","), "['', '']");
  EXPECT_EQ(split("aaa", "aa"), "['', 'a']");
  EXPECT_EQ(split(12.5, "."), "['12', '5']");
}

TEST(StringSplit, SplitsAtRunsOfWhitespaceWithoutASeparator) {
  EXPECT_EQ(split("  a b\xE3\x80\x80"
                  "c\x1F"
                  "d\n\t",
                  ""),
            "['a', 'b', 'c', 'd']");
  EXPECT_EQ(split("", nullptr), "[]");
  EXPECT_EQ(split(nullptr, ""), "['None']");
  EXPECT_EQ(split("a b", 0), "['a', 'b']");
}

TEST(StringSplit, WarnsOfASeparatorThatIsNoText) {
  FakeNode node(add_text_nodes, "string_split");
  node.set("text", "1221").set("separator", 2).run();
  EXPECT_THAT(node.trace, ElementsAre("items = []", "exec_out = True"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
}

TEST(StringReplace, ReplacesFromLeftToRight) {
  EXPECT_EQ(replace("aaa", "aa", "b"), "'ba'");
  EXPECT_EQ(replace("a1b1", 1, nullptr), "'aNonebNone'");
  EXPECT_EQ(replace("abc", "x", "y"), "'abc'");
}

TEST(StringReplace, InsertsEverywhereForAnEmptyText) {
  EXPECT_EQ(replace("abc", "", "-"), "'-a-b-c-'");
  EXPECT_EQ(replace("h\xC3\xA9", "", "-"), "'-h-\xC3\xA9-'");
  EXPECT_EQ(replace("", "", "-"), "'-'");
}

TEST(StringLength, CountsCodePoints) {
  FakeNode node(add_text_nodes, "string_length");
  node.set("text", "\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD").run();
  EXPECT_THAT(node.trace, ElementsAre("length = 2", "exec_out = True"));
  node.set("text", nullptr).run();
  EXPECT_THAT(node.returned, ElementsAre("length = 4"));
}

TEST(StringCase, UsesFullMappings) {
  FakeNode upper(add_text_nodes, "string_uppercase");
  upper
      .set("text",
           "stra\xC3\x9F"
           "e")
      .run();
  EXPECT_THAT(upper.trace, ElementsAre("result = 'STRASSE'", "exec_out = True"));
  upper.set("text", nullptr).run();
  EXPECT_THAT(upper.returned, ElementsAre("result = 'NONE'"));

  FakeNode lower(add_text_nodes, "string_lowercase");
  lower.set("text", "AbC").run();
  EXPECT_THAT(lower.trace, ElementsAre("result = 'abc'", "exec_out = True"));
  EXPECT_THAT(lower.logs, IsEmpty());
}

}  // namespace
}  // namespace vnode::test
