#include "model/json_reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "model/value_ops.h"

namespace vnode {
namespace {

Value parse(std::string_view text) {
  Result<Value> value = parse_json(text);
  EXPECT_TRUE(value.ok()) << text << ": " << (value.ok() ? "" : value.error().message);
  return value.ok() ? *value : Value::unset();
}

std::string error_of(std::string_view text) {
  Result<Value> value = parse_json(text);
  EXPECT_FALSE(value.ok()) << text;
  if (value.ok()) return {};
  EXPECT_EQ(value.error().code, ErrorCode::kBadJson);
  return value.error().message;
}

TEST(JsonReader, ReadsScalars) {
  EXPECT_TRUE(parse("null").is_none());
  EXPECT_TRUE(same(parse("true"), Value(true)));
  EXPECT_TRUE(same(parse(" false\r\n\t"), Value(false)));
  EXPECT_TRUE(same(parse("\"x\""), Value("x")));
  EXPECT_TRUE(same(parse("\"\""), Value("")));
}

TEST(JsonReader, KeepsIntegersAndFloatsDistinct) {
  EXPECT_TRUE(same(parse("1"), Value(1)));
  EXPECT_TRUE(same(parse("1.0"), Value(1.0)));
  EXPECT_TRUE(same(parse("1e0"), Value(1.0)));
  EXPECT_TRUE(same(parse("-0"), Value(0)));
  EXPECT_TRUE(std::signbit(parse("-0.0").as_float()));
  EXPECT_TRUE(same(parse("-12.5E-1"), Value(-1.25)));
}

TEST(JsonReader, KeepsIntegersOfAnySizeExactly) {
  EXPECT_TRUE(same(parse("9223372036854775807"), Value(std::numeric_limits<std::int64_t>::max())));
  EXPECT_TRUE(same(parse("-9223372036854775808"), Value(std::numeric_limits<std::int64_t>::min())));
  EXPECT_EQ(parse("9223372036854775808").kind(), Kind::kBigInt);
  const std::string digits = "-1" + std::string(5000, '7');
  EXPECT_EQ(parse(digits).as_digits(), digits);
}

TEST(JsonReader, ReadsNumbersThatJsonLacks) {
  EXPECT_TRUE(std::isnan(parse("NaN").as_float()));
  EXPECT_EQ(parse("Infinity").as_float(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse("-Infinity").as_float(), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(parse("[NaN, -Infinity]").is_list());
}

TEST(JsonReader, OverflowBecomesInfiniteAndUnderflowZero) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(parse("1e400").as_float(), kInfinity);
  EXPECT_EQ(parse("-1e400").as_float(), -kInfinity);
  EXPECT_EQ(parse("1e99999999999999999999").as_float(), kInfinity);
  EXPECT_EQ(parse("1" + std::string(400, '0') + ".0").as_float(), kInfinity);
  EXPECT_EQ(parse("1e-400").as_float(), 0.0);
  EXPECT_TRUE(std::signbit(parse("-1e-400").as_float()));
  EXPECT_EQ(parse("0.0e999").as_float(), 0.0);
  EXPECT_EQ(parse("5e-324").as_float(), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(parse("0." + std::string(500, '0') + "1e501").as_float(), 1.0);
  EXPECT_EQ(parse("0." + std::string(500, '0') + "1e-10").as_float(), 0.0);
}

TEST(JsonReader, RefusesOtherNumberForms) {
  for (const char* text : {"01", "1.", ".5", "+1", "-", "1e", "1e+", "0x10", "1_000", "-NaN", "+Infinity",
                           "inf", "nan", "Inf", "--1", "1.e5"}) {
    error_of(text);
  }
}

TEST(JsonReader, ResolvesEscapes) {
  EXPECT_EQ(parse(R"("a\"\\\/\b\f\n\r\tz")").as_text(), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(parse(R"("\u0041\u00e9\u20AC")").as_text(), "A\u00e9\u20ac");
  EXPECT_EQ(parse(R"("\ud83d\ude00")").as_text(), "\U0001F600");
  EXPECT_EQ(parse(R"("\u0000")").as_text(), std::string_view("\0", 1));
}

TEST(JsonReader, LoneSurrogatesBecomeReplacementCharacters) {
  EXPECT_EQ(parse(R"("\ud83d")").as_text(), "\uFFFD");
  EXPECT_EQ(parse(R"("\ude00x")").as_text(), "\uFFFDx");
  EXPECT_EQ(parse(R"("\ud83d\u0041")").as_text(),
            "\uFFFD"
            "A");
  EXPECT_EQ(parse(R"("\ud83d\ud83d\ude00")").as_text(), "\uFFFD\U0001F600");
}

TEST(JsonReader, RefusesBadTexts) {
  for (const char* text :
       {"\"", "\"a", "\"\\", "\"\\u12", "\"\\u12G4\"", "\"\\x\"", "\"a\nb\"", "'a'", "\"\\U0041\""}) {
    error_of(text);
  }
  error_of(std::string_view("\"a\0b\"", 5));
}

// The scanner looks at eight bytes at a time: every length and every place of the special byte.
TEST(JsonReader, FindsTheEndOfTextsOfAnyLength) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text(size, 'x');
    EXPECT_EQ(parse("\"" + text + "\"").as_text(), text);
    const std::string accented = text + "\u00e9\u007f" + text;
    EXPECT_EQ(parse("\"" + accented + "\"").as_text(), accented);
    EXPECT_EQ(parse("[\"" + text + "\\n" + text + "\", 1]").as_list()[0].as_text(), text + "\n" + text);
  }
}

TEST(JsonReader, ReadsContainers) {
  EXPECT_TRUE(same(parse("[]"), Value::empty_list()));
  EXPECT_TRUE(same(parse("{}"), Value(Dict())));
  EXPECT_TRUE(same(parse("[1, [2, []], {}]"),
                   Value::list({1, Value::list({2, Value::empty_list()}), Value(Dict())})));
  const Value value = parse(R"({"b": 1, "a": {"c": [true]}})");
  ASSERT_TRUE(value.is_dict());
  EXPECT_EQ(value.as_dict().entries()[0].key.as_text(), "b");
  EXPECT_EQ(value.as_dict().entries()[1].key.as_text(), "a");
}

TEST(JsonReader, LastOfDuplicateKeysWinsAtThePlaceOfTheFirst) {
  const Value value = parse(R"({"a": 1, "b": 2, "a": 3})");
  ASSERT_EQ(value.as_dict().size(), 2u);
  EXPECT_EQ(value.as_dict().entries()[0].key.as_text(), "a");
  EXPECT_TRUE(same(value.as_dict().entries()[0].value, Value(3)));
}

TEST(JsonReader, RepeatedKeysShareOneText) {
  const Value value = parse(R"([{"name": 1}, {"name": 2}])");
  const Dict first = value.as_list()[0].as_dict();
  const Dict second = value.as_list()[1].as_dict();
  EXPECT_TRUE(first.entries()[0].key.is_same_object(second.entries()[0].key));
}

TEST(JsonReader, RefusesWhatIsNotJson) {
  for (const char* text :
       {"",         " ",     "[1,]",  "{\"a\":1,}", "[,1]",           "{,}",      "[1 2]",     "{\"a\" 1}",
        "{\"a\":}", "{a:1}", "{1:1}", "[1",         "{\"a\":1",       "]",        "}",         "[}",
        "{]",       "tru",   "nul",   "True",       "None",           "// c\n1",  "/* c */ 1", "1 // c",
        "# c",      "1 2",   "{} {}", "[] x",       "\xEF\xBB\xBF{}", "undefined"}) {
    error_of(text);
  }
}

TEST(JsonReader, SaysWhereAndWhat) {
  EXPECT_EQ(error_of("{\n  \"a\": 1,\n  \"b\": x\n}"), "line 3, column 8: expected a value, found 'x'");
  EXPECT_EQ(error_of("[1, 2"), "line 1, column 6: expected ',' or ']', but the text ends here");
  EXPECT_EQ(error_of("{\"\u00e9\u00e9\" 1}"), "line 1, column 7: expected ':' behind the key, found '1'");
  EXPECT_EQ(error_of("[1,\n]"), "line 2, column 1: expected a value, found ']'");
}

std::string nested(std::size_t depth, const std::string& open, const std::string& close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  text += "1";
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

TEST(JsonReader, NestsAsDeepAsTheLimit) {
  EXPECT_TRUE(parse_json(nested(kMaxJsonDepth - 1, "[", "]")).ok());
  EXPECT_TRUE(parse_json(nested(kMaxJsonDepth, "[", "]")).ok());
  EXPECT_TRUE(parse_json(nested(kMaxJsonDepth, "{\"a\":", "}")).ok());
  for (const Result<Value>& value : {parse_json(nested(kMaxJsonDepth + 1, "[", "]")),
                                     parse_json(nested(kMaxJsonDepth + 1, "{\"a\":", "}"))}) {
    ASSERT_FALSE(value.ok());
    EXPECT_EQ(value.error().code, ErrorCode::kBadDocument);
    EXPECT_NE(value.error().message.find("nested deeper than 100000 levels"), std::string::npos);
  }
}

/// Stops at the first list.
class ListHater final : public JsonHandler {
 public:
  bool on_scalar(Value) override { return true; }
  bool on_object_start() override { return true; }
  bool on_key(std::string_view key) override {
    last_key = key;
    return true;
  }
  bool on_object_end() override { return true; }
  bool on_array_start() override { return false; }
  bool on_array_end() override { return true; }
  Error take_error() override { return {ErrorCode::kInvalidValue, "no lists"}; }

  std::string last_key;
};

TEST(JsonReader, HandlerCanStopTheReading) {
  ListHater handler;
  const Result<void> read = read_json(R"({"a": 1, "b": [], "c": bad)", handler);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kInvalidValue);
  EXPECT_EQ(handler.last_key, "b");
}

}  // namespace
}  // namespace vnode
