#include "model/number_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "model/value_ops.h"

namespace vnode {
namespace {

std::string written(double value) {
  char text[32];
  return std::string(text, write_float(value, text));
}

struct FloatText {
  double value;
  const char* text;
};

// Python's repr of each.
constexpr FloatText kFloats[] = {
    {0.0, "0.0"},
    {-0.0, "-0.0"},
    {1.0, "1.0"},
    {-1.5, "-1.5"},
    {0.1, "0.1"},
    {0.1 + 0.2, "0.30000000000000004"},
    {1.0 / 3, "0.3333333333333333"},
    {100.0, "100.0"},
    {123456.789, "123456.789"},
    {0.0001, "0.0001"},
    {0.00012, "0.00012"},
    {0.00001, "1e-05"},
    {1.25e-7, "1.25e-07"},
    {9007199254740993.0, "9007199254740992.0"},
    {9999999999999998.0, "9999999999999998.0"},
    {1e16, "1e+16"},
    {12345678901234567890.0, "1.2345678901234567e+19"},
    {1e22, "1e+22"},
    {1e23, "1e+23"},
    {1e100, "1e+100"},
    {5e-324, "5e-324"},
    {2.2250738585072014e-308, "2.2250738585072014e-308"},
    {1.7976931348623157e308, "1.7976931348623157e+308"},
    {std::numeric_limits<double>::infinity(), "inf"},
    {-std::numeric_limits<double>::infinity(), "-inf"},
};

TEST(WriteFloatTest, IsPythonsRepr) {
  for (const FloatText& pair : kFloats) EXPECT_EQ(written(pair.value), pair.text);
  EXPECT_EQ(written(std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(written(-std::numeric_limits<double>::quiet_NaN()), "nan");
}

TEST(ParseFloatTest, ReadsBackWhatWasWritten) {
  for (const FloatText& pair : kFloats) {
    const auto value = parse_float(pair.text);
    ASSERT_TRUE(value) << pair.text;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(*value), std::bit_cast<std::uint64_t>(pair.value)) << pair.text;
  }
}

TEST(ParseFloatTest, AcceptsWhatPythonAccepts) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::pair<const char*, double> cases[] = {
      {"1.", 1.0},
      {".5", 0.5},
      {"+.5e1", 5.0},
      {"1E5", 1e5},
      {"007", 7.0},
      {"1_000.2_5", 1000.25},
      {"1e1_0", 1e10},
      {" \t\n\v\f\r1\u0085\u00A0\u2028\u3000", 1.0},
      {"\u0663.\u0661\u096A", 3.14},
      {"\U0001D7D2", 4.0},
      {"inf", infinity},
      {"-Infinity", -infinity},
      {"+INF", infinity},
      {"1e400", infinity},
      {"-1e400", -infinity},
      {"1e99999999999999999999", infinity},
      {"1e-400", 0.0},
      {"1e-99999999999999999999", 0.0},
      {"0e99999999999999999999", 0.0},
      {"1.7976931348623159e308", infinity},
      {"2.4703282292062327e-324", 0.0},
      {"2.4703282292062328e-324", 5e-324},
  };
  for (const auto& [text, value] : cases) {
    ASSERT_TRUE(parse_float(text)) << text;
    EXPECT_EQ(*parse_float(text), value) << text;
  }
  EXPECT_TRUE(std::isnan(*parse_float("nan")));
  EXPECT_TRUE(std::isnan(*parse_float("-NaN")));
  EXPECT_EQ(*parse_float("0." + std::string(400, '0') + "1e401"), 1.0);
  EXPECT_EQ(*parse_float("1" + std::string(400, '0') + "e-400"), 1.0);
  EXPECT_TRUE(std::isinf(*parse_float("1" + std::string(400, '0'))));
  EXPECT_EQ(*parse_float("0." + std::string(400, '0') + "1"), 0.0);
}

TEST(ParseFloatTest, RefusesTheRest) {
  for (const char* text : {"",
                           " ",
                           ".",
                           "+",
                           "e5",
                           "1e",
                           "1e+",
                           "1,5",
                           "0x1",
                           "1_",
                           "_1",
                           "1__0",
                           "1_.0",
                           "1._0",
                           "1e_5",
                           "1_e5",
                           "in_f",
                           "infinit",
                           "nan(1)",
                           "1 2",
                           "+-1",
                           "- 1",
                           "\x1C"
                           "1",
                           "\uFEFF1",
                           "1\u00B2",
                           "\u00E9"}) {
    EXPECT_FALSE(parse_float(text)) << text;
  }
  EXPECT_FALSE(parse_float(std::string_view("1\0", 2)));
}

TEST(ParseIntTest, AcceptsWhatPythonAccepts) {
  const std::pair<const char*, const char*> cases[] = {
      {"0", "0"},
      {"-0", "0"},
      {"+7", "7"},
      {" 0012_345 ", "12345"},
      {"\u0661\u0662", "12"},
      {"9223372036854775807", "9223372036854775807"},
      {"9223372036854775808", "9223372036854775808"},
      {"-0009223372036854775809", "-9223372036854775809"},
      {"000000000000000000000000000001", "1"},
  };
  for (const auto& [text, digits] : cases) {
    ASSERT_TRUE(parse_int(text)) << text;
    EXPECT_EQ(to_repr(*parse_int(text)), digits);
  }
  for (const char* text :
       {"", "+", "-", "--1", "+-1", "-+1", "1_", "_1", "1__1", "1.0", "1e3", "0x1F", "1 1"}) {
    EXPECT_FALSE(parse_int(text)) << text;
  }
}

TEST(DigitsTest, AreExact) {
  EXPECT_EQ(exact_digits(1e23), "99999999999999991611392");
  EXPECT_EQ(exact_digits(-18446744073709551616.0), "-18446744073709551616");
  EXPECT_EQ(exact_digits(1.7976931348623157e308).size(), 309u);
  EXPECT_EQ(*float_from_digits("9007199254740993000000000000000"), 9007199254740993e15);
  EXPECT_FALSE(float_from_digits(std::string(310, '9')));
}

}  // namespace
}  // namespace vnode
