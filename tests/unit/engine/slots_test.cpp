#include "engine/slots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace vnode::test {
namespace {

using testing::ElementsAre;

TEST(Slots, AreGivenInTheOrderOfAsking) {
  Slots slots(2);
  std::vector<int> granted;
  for (int i = 1; i <= 4; ++i) slots.take([&granted, i] { granted.push_back(i); });
  EXPECT_THAT(granted, ElementsAre(1, 2));
  EXPECT_FALSE(slots.try_take());
  slots.give_back();
  slots.give_back();
  EXPECT_THAT(granted, ElementsAre(1, 2, 3, 4));
  slots.give_back();
  EXPECT_TRUE(slots.try_take());
}

TEST(Slots, AreAtLeastOne) {
  Slots slots(0);
  EXPECT_TRUE(slots.try_take());
}

}  // namespace
}  // namespace vnode::test
