#include "events/value_shortener.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/foreign_object.h"
#include "model/json_writer.h"

namespace vnode::test {
namespace {

nlohmann::json shortened(const Value& value, ValueShortener& shortener) {
  std::string text;
  shortener.append(text, value);
  return nlohmann::json::parse(text);
}

TEST(ValueShortener, ShortensLongTexts) {
  ValueShortener shortener(100);
  const auto whole = shortened(Value(std::string(98, 'x')), shortener);
  EXPECT_EQ(whole, std::string(98, 'x'));
  const auto cut = shortened(Value(std::string(99, 'x')), shortener);
  EXPECT_EQ(cut["$truncated"], true);
  EXPECT_EQ(cut["bytes"], 101);
  EXPECT_EQ(cut["preview"].get<std::string>().substr(0, 4), "\"xxx");
}

TEST(ValueShortener, CutsNoCharacterInTwo) {
  ValueShortener shortener(100);
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\xF0\x9F\x8E\xAC";
  const std::string preview = shortened(Value(text), shortener)["preview"];
  EXPECT_EQ(preview.find("\xEF\xBF\xBD"), std::string::npos);
}

TEST(ValueShortener, CountsTheBytesOfListsThatGrowAndShrink) {
  ValueShortener shortener(64);
  Value list = Value::empty_list();
  Value shorter;
  for (int i = 0; i < 500; ++i) {
    if (i == 400) shorter = list;
    list = Value::appended(list, i % 3 == 0 ? Value("text") : Value(i));
    for (const Value& value : {list, shorter}) {
      if (!value.is_list()) continue;
      std::string expected;
      append_json(expected, value);
      const auto out = shortened(value, shortener);
      if (expected.size() <= 64) {
        ASSERT_EQ(out, nlohmann::json::parse(expected));
      } else {
        ASSERT_EQ(out["bytes"], expected.size());
      }
    }
  }
}

TEST(ValueShortener, PreviewsNestedValues) {
  ValueShortener shortener(10);
  const Value value(Dict{{"a", Value::list({Value(1), Value("two")})}, {"b", Value(Dict())}});
  const auto out = shortened(value, shortener);
  EXPECT_EQ(out["preview"], R"({"a":[1,"two"],"b":{}})");
  EXPECT_EQ(out["bytes"], 22);
}

TEST(ValueShortener, PreviewsDeepValuesWithoutRunningDeep) {
  ValueShortener shortener(10);
  Value value = Value::empty_list();
  for (int i = 0; i < 50'000; ++i) value = Value::list({value});
  const auto out = shortened(value, shortener);
  EXPECT_EQ(out["bytes"], 100'002);
  EXPECT_EQ(out["preview"], std::string(200, '['));
}

TEST(ValueShortener, ShortensForeignObjectsWithLongRepr) {
  ValueShortener shortener(100);
  const auto object = [](std::size_t size) {
    return Value::object(std::make_shared<ForeignObject>("Frame", std::string(size, 'r'), "text", true));
  };
  EXPECT_EQ(shortened(object(3), shortener), nlohmann::json::parse(R"({"$object":"Frame","repr":"rrr"})"));
  const auto out = shortened(object(1000), shortener);
  EXPECT_EQ(out["bytes"], 1029);
  EXPECT_EQ(out["preview"], R"({"$object":"Frame","repr":")" + std::string(173, 'r'));
}

}  // namespace
}  // namespace vnode::test
