#include "apps/vnode/settings/yaml_value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "model/value_ops.h"

namespace vnode {
namespace {

Value read_yaml(std::string_view text) {
  Result<Value> value = parse_yaml(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : Value::unset();
}

TEST(YamlValue, PlainScalarsAreWhatTheyLookLike) {
  EXPECT_TRUE(same(read_yaml("12"), Value(12)));
  EXPECT_TRUE(same(read_yaml("-12"), Value(-12)));
  EXPECT_TRUE(same(read_yaml("+012"), Value(12)));
  EXPECT_TRUE(same(read_yaml("0x1F"), Value(31)));
  EXPECT_TRUE(same(read_yaml("1.5"), Value(1.5)));
  EXPECT_TRUE(same(read_yaml("1."), Value(1.0)));
  EXPECT_TRUE(same(read_yaml("1e3"), Value(1000.0)));
  EXPECT_TRUE(same(read_yaml("-.inf"), Value(-std::numeric_limits<double>::infinity())));
  EXPECT_TRUE(std::isnan(read_yaml(".nan").as_float()));
  EXPECT_TRUE(same(read_yaml("true"), Value(true)));
  EXPECT_TRUE(same(read_yaml("~"), Value()));
  EXPECT_TRUE(same(read_yaml(""), Value()));
  EXPECT_TRUE(same(read_yaml("99999999999999999999"), Value::big_int("99999999999999999999")));
}

TEST(YamlValue, EverythingElseIsText) {
  for (const char* text : {"hello", "1.2.3", "yes", "no", "-", "e5", "0xZZ", "12:30", "."}) {
    if (std::string_view(text) == "-") continue;  // a list with one empty item
    EXPECT_TRUE(same(read_yaml(text), Value(text))) << text;
  }
  EXPECT_TRUE(same(read_yaml("\"12\""), Value("12")));
  EXPECT_TRUE(same(read_yaml("'true'"), Value("true")));
  EXPECT_TRUE(same(read_yaml("!!str 12"), Value("12")));
  EXPECT_TRUE(same(read_yaml("|\n  a\n  b\n"), Value("a\nb\n")));
}

TEST(YamlValue, ReadsListsAndMappings) {
  EXPECT_TRUE(
      same(read_yaml("a: [1, x]\nb: {c: null}\n"),
           Value(Dict{{"a", Value::list({Value(1), Value("x")})}, {"b", Value(Dict{{"c", Value()}})}})));
}

TEST(YamlValue, SaysWhereItIsWrong) {
  const Result<Value> value = parse_yaml("a: 1\nb: [1, 2\n");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, ErrorCode::kBadDocument);
  EXPECT_NE(value.error().message.find("line "), std::string::npos);
}

TEST(YamlValue, BoundsNestingAndAliases) {
  EXPECT_FALSE(parse_yaml(std::string(300, '[') + std::string(300, ']')));
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string inner = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + inner;
    for (int j = 0; j < 9; ++j) bomb += ", " + inner;
    bomb += "]\n";
  }
  EXPECT_FALSE(parse_yaml(bomb));
}

}  // namespace
}  // namespace vnode
