#include "model/resource_amounts.h"

#include <gtest/gtest.h>

namespace vnode::test {
namespace {

TEST(ResourceAmounts, AreReadInThousandths) {
  EXPECT_EQ(parse_resource_amount("1"), 1000);
  EXPECT_EQ(parse_resource_amount("0.5"), 500);
  EXPECT_EQ(parse_resource_amount("0"), 0);
  EXPECT_EQ(parse_resource_amount("0.0001"), 1) << "what is asked for at all is not nothing";
  EXPECT_EQ(parse_resource_amount("1K"), 1024 * 1000);
  EXPECT_EQ(parse_resource_amount("8G"), ResourceAmount(8) * 1024 * 1024 * 1024 * 1000);
  for (const char* wrong : {"", "-1", "x", "1x", "1e3", "nan", "inf", "9999999T", " 1"})
    EXPECT_EQ(parse_resource_amount(wrong), std::nullopt) << wrong;
}

TEST(ResourceAmounts, AreReadFromNumbersAndTexts) {
  EXPECT_EQ(resource_amount_of(Value(2)), 2000);
  EXPECT_EQ(resource_amount_of(Value(0.25)), 250);
  EXPECT_EQ(resource_amount_of(Value("64M")), ResourceAmount(64) * 1024 * 1024 * 1000);
  EXPECT_EQ(resource_amount_of(Value(-1)), std::nullopt);
  EXPECT_EQ(resource_amount_of(Value(true)), std::nullopt);
  EXPECT_EQ(resource_amount_of(Value()), std::nullopt);
}

TEST(ResourceAmounts, AreWrittenAsTheyAreRead) {
  for (const char* text : {"1", "0.5", "0.125", "12.05", "8G", "1536K", "1000", "8T"}) {
    const auto amount = parse_resource_amount(text);
    ASSERT_TRUE(amount) << text;
    EXPECT_EQ(parse_resource_amount(resource_amount_text(*amount)), amount) << text;
  }
  EXPECT_EQ(resource_amount_text(500), "0.5");
  EXPECT_EQ(resource_amount_text(12050), "12.05");
  EXPECT_EQ(resource_amount_text(*parse_resource_amount("8G")), "8G");
  EXPECT_EQ(resource_amount_text(1024 * 1000), "1024") << "licenses are no bytes";
  EXPECT_EQ(resource_amounts_text({{"license", 1000}, {"gpu", 500}}), "gpu=0.5, license=1");
}

TEST(ResourceAmounts, AreNumbersForPrograms) {
  EXPECT_EQ(resource_amount_value(2000).as_int(), 2);
  EXPECT_EQ(resource_amount_value(500).as_float(), 0.5);
}

}  // namespace
}  // namespace vnode::test
