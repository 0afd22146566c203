#include "model/parameter_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/value_ops.h"

namespace vnode {
namespace {

const Dict kValues = {{"n", 7}, {"t", "text"}, {"l", Value::list({1, 2})}, {"none", Value::unset()}};

const Value* value_of(std::string_view name) { return kValues.find(name); }

std::string filled(std::string_view text) {
  const Value value = fill_text(text, value_of);
  return value.is_unset() ? "unset" : to_repr(value);
}

std::vector<std::string> names_in(std::string_view text, bool* is_right = nullptr) {
  std::vector<std::string> names;
  const Result<void> read = each_parameter(text, [&](std::string_view name) { names.emplace_back(name); });
  if (is_right) *is_right = read.ok();
  return names;
}

TEST(ParameterText, AWholeValueKeepsItsType) {
  EXPECT_EQ(filled("${n}"), "7");
  EXPECT_EQ(filled("${l}"), "[1, 2]");
  EXPECT_EQ(filled("${t}"), "'text'");
  EXPECT_EQ(filled("${none}"), "unset");
}

TEST(ParameterText, InsideATextItIsInserted) {
  EXPECT_EQ(filled("shot_${n}.exr"), "'shot_7.exr'");
  EXPECT_EQ(filled("${n}${n}"), "'77'");
  EXPECT_EQ(filled(" ${l}"), "' [1, 2]'");
  EXPECT_EQ(filled("a${none}b"), "'ab'");
}

TEST(ParameterText, TwoDollarsStandForTheCharactersThemselves) {
  EXPECT_EQ(filled("$${n}"), "'${n}'");
  EXPECT_EQ(filled("$${HOME}/${t}"), "'${HOME}/text'");
  EXPECT_EQ(filled("$$${n}"), "'$${n}'");
  EXPECT_EQ(filled("$n $$ $"), "'$n $$ $'");
  EXPECT_EQ(filled("{n}"), "'{n}'");
}

TEST(ParameterText, WhatIsNoNameIsTold) {
  bool is_right = true;
  EXPECT_THAT(names_in("${a}-${b}", &is_right), testing::ElementsAre("a", "b"));
  EXPECT_TRUE(is_right);
  for (const char* text : {"${", "${}", "${a b}", "${1}", "x ${a.b}"}) {
    EXPECT_THAT(names_in(text, &is_right), testing::IsEmpty()) << text;
    EXPECT_FALSE(is_right) << text;
    EXPECT_EQ(filled(text), "'" + std::string(text) + "'");
  }
  EXPECT_THAT(names_in("${ ${a}", &is_right), testing::ElementsAre("a"));
  EXPECT_FALSE(is_right);
}

TEST(ParameterText, ListsAndDictionariesAreFilledAtAnyDepth) {
  const Value nested = Value::list({Dict{{"${n}", "${n}"}, {"x", Value::list({"v${t}", 1})}}, "${none}"});
  const std::optional<Value> value = fill_value(nested, value_of);
  ASSERT_TRUE(value);
  EXPECT_EQ(to_repr(*value), "[{'${n}': 7, 'x': ['vtext', 1]}, None]");
  EXPECT_FALSE(fill_value(Value::list({"plain", 1, Value::list({Value()})}), value_of));
  Value deep = "${n}";
  for (int i = 0; i < 100'000; ++i) deep = Value::list({deep});
  EXPECT_TRUE(fill_value(deep, value_of));
}

}  // namespace
}  // namespace vnode
