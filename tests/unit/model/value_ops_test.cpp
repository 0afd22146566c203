#include "model/value_ops.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace vnode {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr int kDeepNesting = 100'000;

Value big(const char* digits) { return Value::big_int(digits); }

/// Lists and dicts in turn, `depth` of them, around `innermost`.
Value deep(int depth, Value innermost) {
  for (int i = 0; i < depth; ++i) {
    innermost = i % 2 ? Value(Dict{{"in", innermost}}) : Value::list({innermost});
  }
  return innermost;
}

TEST(TruthyTest, IsThatOfPython) {
  for (const Value& no : {Value(), Value(false), Value(0), Value(0.0), Value(-0.0), Value(""),
                          Value::empty_list(), Value(Dict()), Value::unset()}) {
    EXPECT_FALSE(truthy(no)) << to_repr(no);
  }
  for (const Value& yes : {Value(true), Value(-1), Value(0.1), Value(kNan), Value("false"), Value("0"),
                           Value::list({nullptr}), Value(Dict{{"", nullptr}}), big("99999999999999999999")}) {
    EXPECT_TRUE(truthy(yes)) << to_repr(yes);
  }
}

TEST(EqualTest, ComparesNumbersByValue) {
  EXPECT_TRUE(equal(1, 1.0));
  EXPECT_TRUE(equal(true, 1));
  EXPECT_TRUE(equal(true, 1.0));
  EXPECT_TRUE(equal(0.0, -0.0));
  EXPECT_FALSE(equal(kNan, kNan));
  EXPECT_FALSE(equal(1, "1"));
  EXPECT_FALSE(equal(0, nullptr));
  EXPECT_FALSE(equal(false, ""));
  EXPECT_TRUE(equal(nullptr, nullptr));
  // Exact, not rounded to a float first.
  EXPECT_FALSE(equal(9007199254740993, 9007199254740992.0));
  EXPECT_FALSE(equal(std::numeric_limits<std::int64_t>::max(), 9223372036854775808.0));
  EXPECT_TRUE(equal(std::numeric_limits<std::int64_t>::min(), -9223372036854775808.0));
  EXPECT_TRUE(equal(big("9223372036854775808"), 9223372036854775808.0));
  EXPECT_FALSE(equal(big("9223372036854775809"), 9223372036854775808.0));
  EXPECT_TRUE(equal(1e22, big("10000000000000000000000")));
  EXPECT_FALSE(equal(1e23, big("100000000000000000000000")));
  EXPECT_TRUE(equal(1e23, big("99999999999999991611392")));
  EXPECT_FALSE(equal(big("99999999999999999999"), kInf));
  EXPECT_TRUE(equal(big("-99999999999999999999"), big("-99999999999999999999")));
}

TEST(EqualTest, ComparesContainersByContent) {
  EXPECT_TRUE(equal(Value::list({1, "a"}), Value::list({1.0, "a"})));
  EXPECT_FALSE(equal(Value::list({1, 2}), Value::list({1})));
  EXPECT_FALSE(equal(Value::list({1}), 1));
  EXPECT_FALSE(equal(Value::empty_list(), Dict()));
  EXPECT_TRUE(equal(Dict{{"a", 1}, {"b", 2}}, Dict{{"b", 2.0}, {"a", true}}));
  EXPECT_FALSE(equal(Dict{{"a", 1}}, Dict{{"b", 1}}));
  EXPECT_FALSE(equal(Dict{{"a", 1}}, Dict{{"a", 1}, {"b", 1}}));
  EXPECT_FALSE(equal(Value::list({Value::list({1}), 2}), Value::list({Value::list({3}), 2})));
}

TEST(SameTest, AsksForTheTypeToo) {
  EXPECT_FALSE(same(1, 1.0));
  EXPECT_FALSE(same(1, true));
  EXPECT_TRUE(same(kNan, kNan));
  EXPECT_TRUE(same("a", "a"));
  EXPECT_FALSE(same(Value::list({1}), Value::list({1.0})));
  EXPECT_TRUE(same(Value::list({kNan}), Value::list({kNan})));
  EXPECT_TRUE(same(Dict{{"a", 1}, {"b", 2}}, Dict{{"b", 2}, {"a", 1}}));
  Dict integer;
  integer.set(1, "x");
  Dict boolean;
  boolean.set(true, "x");
  EXPECT_TRUE(equal(integer, boolean));
  EXPECT_FALSE(same(integer, boolean));
}

TEST(HashTest, IsEqualForEqualValues) {
  EXPECT_EQ(hash_value(1), hash_value(1.0));
  EXPECT_EQ(hash_value(1), hash_value(true));
  EXPECT_EQ(hash_value(0.0), hash_value(-0.0));
  EXPECT_EQ(hash_value(1e22), hash_value(big("10000000000000000000000")));
  EXPECT_EQ(hash_value(-9223372036854775808.0), hash_value(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(hash_value("text"), hash_text("text"));
  EXPECT_NE(hash_value(1), hash_value(2));
}

TEST(DeepValueTest, IsComparedAndWrittenWithoutRecursion) {
  const Value a = deep(kDeepNesting, 1);
  const Value b = deep(kDeepNesting, 1);
  EXPECT_TRUE(equal(a, b));
  EXPECT_TRUE(same(a, b));
  EXPECT_TRUE(equal(a, deep(kDeepNesting, 1.0)));
  EXPECT_FALSE(same(a, deep(kDeepNesting, 1.0)));
  EXPECT_FALSE(equal(a, deep(kDeepNesting, 2)));
  const std::string text = to_text(a);
  EXPECT_EQ(text.substr(0, 16), "{'in': [{'in': [");
  EXPECT_EQ(text.size(), kDeepNesting / 2 * std::string("{'in': []}").size() + 1);
}

TEST(ToFloatTest, AcceptsNumbers) {
  EXPECT_EQ(*to_float(2), 2.0);
  EXPECT_EQ(*to_float(true), 1.0);
  EXPECT_EQ(*to_float(big("100000000000000000000000")), 1e23);
  EXPECT_EQ(*to_float(" \u2003-1_000.5e1_0\u00A0"), -1000.5e10);
}

TEST(ToFloatTest, ExplainsAsPythonDoes) {
  auto message = [](const Value& value) { return to_float(value).error().message; };
  EXPECT_EQ(message("abc"), "could not convert string to float: 'abc'");
  EXPECT_EQ(message("it's"), "could not convert string to float: \"it's\"");
  EXPECT_EQ(message(""), "could not convert string to float: ''");
  EXPECT_EQ(message(nullptr), "float() argument must be a string or a real number, not 'NoneType'");
  EXPECT_EQ(message(Value::empty_list()), "float() argument must be a string or a real number, not 'list'");
  EXPECT_EQ(message(Dict()), "float() argument must be a string or a real number, not 'dict'");
  EXPECT_EQ(message(big(std::string(400, '9').c_str())), "int too large to convert to float");
  EXPECT_LT(message(std::string(1'000'000, 'x')).size(), 300u);
}

TEST(ToIntTest, AcceptsWhatPythonAccepts) {
  EXPECT_EQ(to_repr(*to_int(-2.9)), "-2");
  EXPECT_EQ(to_repr(*to_int(false)), "0");
  EXPECT_EQ(to_repr(*to_int(" 0042\n")), "42");
  EXPECT_EQ(to_repr(*to_int(1e23)), "99999999999999991611392");
  EXPECT_EQ(to_repr(*to_int(-9223372036854775808.0)), "-9223372036854775808");
  EXPECT_EQ(to_int("-9223372036854775808")->kind(), Kind::kInt);
  EXPECT_EQ(to_int("-9223372036854775809")->kind(), Kind::kBigInt);
  EXPECT_EQ(to_repr(*to_int("+" + std::string(5000, '7'))), std::string(5000, '7'));
}

TEST(ToIntTest, ExplainsAsPythonDoes) {
  auto message = [](const Value& value) { return to_int(value).error().message; };
  for (const char* text : {"3.5", "1e3", "0x1", "", "1_", "- 1"}) {
    EXPECT_EQ(message(text), "invalid literal for int() with base 10: '" + std::string(text) + "'");
  }
  EXPECT_EQ(message(kNan), "cannot convert float NaN to integer");
  EXPECT_EQ(message(-kInf), "cannot convert float infinity to integer");
  EXPECT_EQ(message(nullptr),
            "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'");
}

TEST(ToInt64Test, RefusesWhatDoesNotFit) {
  EXPECT_EQ(*to_int64("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  for (const Value& value :
       {Value("9223372036854775808"), big("9223372036854775808"), Value(9223372036854775808.0)}) {
    EXPECT_EQ(to_int64(value).error().message, "integer out of the 64-bit range: 9223372036854775808");
  }
  EXPECT_EQ(to_int64("-" + std::string(100, '1')).error().message,
            "integer out of the 64-bit range: -11111111111111...111111111111111 (100 digits)");
  EXPECT_EQ(to_int64("x").error().message, "invalid literal for int() with base 10: 'x'");
}

TEST(ToTextTest, IsThatOfPython) {
  EXPECT_EQ(to_text(nullptr), "None");
  EXPECT_EQ(to_text(true), "True");
  EXPECT_EQ(to_text(-5), "-5");
  EXPECT_EQ(to_text(1.0), "1.0");
  EXPECT_EQ(to_text("it's"), "it's");
  EXPECT_EQ(to_text(big("99999999999999999999")), "99999999999999999999");
  EXPECT_EQ(to_text(Value::list({1, "a", nullptr, Value::list({}), Dict()})), "[1, 'a', None, [], {}]");
  EXPECT_EQ(to_text(Dict{{"k", 1.5}, {"l", Value::list({true})}}), "{'k': 1.5, 'l': [True]}");
}

TEST(ToReprTest, QuotesAndEscapesAsPythonDoes) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "''"},
      {"it's", "\"it's\""},
      {"\"", "'\"'"},
      {"'\"", "'\\'\"'"},
      {"a\\b\n\r\t", "'a\\\\b\\n\\r\\t'"},
      {"\x01\x7F", "'\\x01\\x7f'"},
      {"\u00E9\u20AC\U0001F600", "'\u00E9\u20AC\U0001F600'"},
      {"\u00A0\u00AD", "'\\xa0\\xad'"},
      {"\u200B\uFEFF", "'\\u200b\\ufeff'"},
      {"\U000E0001", "'\\U000e0001'"},
  };
  for (const auto& [text, repr] : cases) EXPECT_EQ(to_repr(text), repr);
}

TEST(CountCodePointsTest, CountsWhatPythonCounts) {
  EXPECT_EQ(count_code_points(""), 0u);
  EXPECT_EQ(count_code_points("\U0001F44B\U0001F3FD"), 2u);
  std::string text;
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(count_code_points(text), i);
    text += i % 3 == 0 ? "a" : i % 3 == 1 ? "\u00E9" : "\u20AC";
  }
}

TEST(LengthOfTest, IsThatOfPython) {
  EXPECT_EQ(*length_of("h\u00E9"), 2u);
  EXPECT_EQ(*length_of(Value::list({1, 2, 3})), 3u);
  EXPECT_EQ(*length_of(Dict{{"a", 1}}), 1u);
  EXPECT_EQ(length_of(5).error().message, "object of type 'int' has no len()");
}

TEST(IterateTest, IsThatOfPython) {
  const Value list = Value::list({1, 2});
  EXPECT_TRUE(iterate(list)->is_same_object(list));
  EXPECT_EQ(to_repr(*iterate("h\u00E9\U0001F600")), "['h', '\u00E9', '\U0001F600']");
  EXPECT_EQ(to_repr(*iterate(Dict{{"b", 1}, {"a", 2}})), "['b', 'a']");
  EXPECT_EQ(iterate(true).error().message, "'bool' object is not iterable");
  EXPECT_EQ(iterate(nullptr).error().message, "'NoneType' object is not iterable");
}

}  // namespace
}  // namespace vnode
