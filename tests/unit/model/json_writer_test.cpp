#include "model/json_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "model/json_reader.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

std::string compact(const Value& value, NonFinite non_finite = NonFinite::kQuoted) {
  std::string out;
  append_json(out, value, non_finite);
  return out;
}

std::string pretty(const Value& value) {
  std::string out;
  append_json_pretty(out, value, 4, NonFinite::kBare);
  return out;
}

TEST(JsonWriter, WritesScalars) {
  EXPECT_EQ(compact(Value()), "null");
  EXPECT_EQ(compact(Value::unset()), "null");
  EXPECT_EQ(compact(Value(true)), "true");
  EXPECT_EQ(compact(Value(-7)), "-7");
  EXPECT_EQ(compact(Value(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
  EXPECT_EQ(compact(Value::big_int("123456789012345678901234567890")), "123456789012345678901234567890");
  EXPECT_EQ(compact(Value("x")), "\"x\"");
}

TEST(JsonWriter, WritesFloatsInPythonsForm) {
  EXPECT_EQ(compact(Value(1.0)), "1.0");
  EXPECT_EQ(compact(Value(-0.0)), "-0.0");
  EXPECT_EQ(compact(Value(0.1)), "0.1");
  EXPECT_EQ(compact(Value(1e16)), "1e+16");
  EXPECT_EQ(compact(Value(1e-5)), "1e-05");
}

TEST(JsonWriter, WritesNonFiniteFloatsQuotedOrBare) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Value value = Value::list({std::numeric_limits<double>::quiet_NaN(), kInfinity, -kInfinity});
  EXPECT_EQ(compact(value), R"(["NaN","Infinity","-Infinity"])");
  EXPECT_EQ(compact(value, NonFinite::kBare), "[NaN,Infinity,-Infinity]");
}

TEST(JsonWriter, EscapesTexts) {
  EXPECT_EQ(compact(Value("a\"b\\c/\n\r\t\b\f\x01\x1f\x7f")),
            "\"a\\\"b\\\\c/\\n\\r\\t\\b\\f\\u0001\\u001f\x7f\"");
  EXPECT_EQ(compact(Value("\u00e9\U0001F600")), "\"\u00e9\U0001F600\"");
  EXPECT_EQ(compact(Value(std::string_view("\0", 1))), "\"\\u0000\"");
  // Eight bytes are looked at together: the special one at every place.
  for (std::size_t size = 0; size < 24; ++size) {
    const std::string text(size, 'x');
    EXPECT_EQ(compact(Value(text + "\"" + text)), "\"" + text + "\\\"" + text + "\"");
    EXPECT_EQ(compact(Value(text + "\n" + text)), "\"" + text + "\\n" + text + "\"");
  }
}

TEST(JsonWriter, ReplacesInvalidUtf8) {
  EXPECT_EQ(compact(Value("a\xFF"
                          "b")),
            "\"a\uFFFD"
            "b\"");
  EXPECT_EQ(compact(Value("a\xC3")), "\"a\uFFFD\"");
  std::string out = "x";
  append_json_text(out, "\"\xFF");
  EXPECT_EQ(out, "x\"\\\"\uFFFD\"");
}

TEST(JsonWriter, WritesContainers) {
  EXPECT_EQ(compact(Value::empty_list()), "[]");
  EXPECT_EQ(compact(Value(Dict())), "{}");
  EXPECT_EQ(compact(Dict{{"a", 1}, {"b", Value::list({1, Value::empty_list(), Dict{{"c", Value()}}})}}),
            R"({"a":1,"b":[1,[],{"c":null}]})");
}

TEST(JsonWriter, WritesOtherKeysAsPythonsJsonDoes) {
  Dict dict;
  dict.set(Value(true), Value("bool"));
  dict.set(Value(2), Value("int"));
  dict.set(Value(2.5), Value("float"));
  dict.set(Value(1e16), Value("large"));
  dict.set(Value(), Value("none"));
  dict.set(Value(std::numeric_limits<double>::infinity()), Value("inf"));
  EXPECT_EQ(compact(dict), R"({"true":"bool","2":"int","2.5":"float","1e+16":"large","null":"none",)"
                           R"("Infinity":"inf"})");
  std::string key;
  append_json_key(key, Value(false));
  EXPECT_EQ(key, R"("false")");
}

TEST(JsonWriter, PrettyFormIsThatOfTheEditor) {
  EXPECT_EQ(pretty(Value(1)), "1");
  EXPECT_EQ(pretty(Value::empty_list()), "[]");
  EXPECT_EQ(
      pretty(Dict{{"a", Value::list({1, 2.0})}, {"b", Dict()}, {"c", Dict{{"d", Value()}}}}),
      "{\n    \"a\": [\n        1,\n        2.0\n    ],\n    \"b\": {},\n    \"c\": {\n        \"d\": null\n"
      "    }\n}");
}

TEST(JsonWriter, ReadingBackGivesTheSameValue) {
  const char* text =
      R"({"a":[1,1.0,true,null,-0.0,1e+300,12345678901234567890123],"é":"\n\"\\ü","n":[NaN,Infinity]})";
  const Value value = parse_json(text).value();
  EXPECT_TRUE(same(parse_json(compact(value, NonFinite::kBare)).value(), value));
  EXPECT_TRUE(same(parse_json(pretty(value)).value(), value));
}

TEST(JsonWriter, DepthCostsNoStack) {
  Value value(1);
  for (std::size_t i = 0; i < kMaxJsonDepth; ++i)
    value = i % 2 == 0 ? Value::list({value}) : Value(Dict{{"a", value}});
  const std::string text = compact(value);
  EXPECT_TRUE(parse_json(text).ok());
  EXPECT_EQ(json_size(value, text.size()), text.size());
}

TEST(JsonWriter, SizeIsExactUpToTheLimit) {
  const Value value = parse_json(R"({"a": [1, -2.5, "x\n\u0001é", null], "b": {"c": NaN}})").value();
  const std::string text = compact(value);
  EXPECT_EQ(json_size(value, 1'000'000), text.size());
  EXPECT_EQ(json_size(value, text.size()), text.size());
  EXPECT_GT(json_size(value, text.size() - 1), text.size() - 1);
  EXPECT_GT(json_size(value, 0), 0u);
}

TEST(JsonWriter, SizeStopsCountingBehindTheLimit) {
  // Shared contents: written out it would have 2^60 items.
  Value value(1);
  for (int i = 0; i < 60; ++i) value = Value::list({value, value});
  EXPECT_GT(json_size(value, 1000), 1000u);
}

}  // namespace
}  // namespace vnode
