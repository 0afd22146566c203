#include "command/secret_mask.h"

#include <gtest/gtest.h>

namespace vnode::test {
namespace {

TEST(SecretMask, ReplacesEachSecretTheLongestFirst) {
  SecretMask mask;
  EXPECT_TRUE(mask.is_empty());
  EXPECT_TRUE(mask.add("hunter2"));
  EXPECT_TRUE(mask.add("hunter2-and-more"));
  EXPECT_EQ(mask.apply("a hunter2-and-more b hunter2hunter2 c"), "a *** b ****** c");
}

TEST(SecretMask, ReplacesTheLinesOfASecretOfSeveral) {
  SecretMask mask;
  mask.add("first line\nx\nsecond line");
  EXPECT_EQ(mask.apply("first line"), "***");
  EXPECT_EQ(mask.apply("a second line x"), "a *** x");
}

TEST(SecretMask, RefusesWhatIsTooShort) {
  SecretMask mask;
  EXPECT_FALSE(mask.add("a"));
  EXPECT_EQ(mask.apply("banana"), "banana");
}

}  // namespace
}  // namespace vnode::test
