#include "python/slot_use.h"

#include <gtest/gtest.h>

namespace vnode::test {
namespace {

struct SlotUseTest : testing::Test {
  ResourcePool pool{1, {}};
  std::shared_ptr<SlotUse> first = std::make_shared<SlotUse>(pool, ResourceDemand()),
                           second = std::make_shared<SlotUse>(pool, ResourceDemand());
  const ResourceDemand slot;
  int turns = 0;
  std::function<void()> turn = [this] { ++turns; };
};

TEST_F(SlotUseTest, IsGivenBackWhilePushesAreUnderWay) {
  first->take(turn);
  second->take(turn);
  EXPECT_EQ(turns, 1);
  first->begin_push();
  EXPECT_EQ(turns, 2) << "the second one's";
  first->end_push(turn);
  EXPECT_EQ(turns, 2);
  second->end();
  EXPECT_EQ(turns, 3);
}

TEST_F(SlotUseTest, IsNotHeldAsLongAsOneOfSeveralPushesIsUnderWay) {
  first->take(turn);
  first->begin_push();
  first->begin_push();
  first->end_push(turn);
  EXPECT_EQ(turns, 2) << "the code may go on";
  EXPECT_TRUE(pool.take(slot, {}).is_granted) << "but without a slot";
}

TEST_F(SlotUseTest, TakesNothingOnceItIsOver) {
  first->take(turn);
  second->take(turn);
  second->end();
  first->end();
  EXPECT_EQ(turns, 1);
  EXPECT_TRUE(pool.take(slot, {}).is_granted);
}

TEST_F(SlotUseTest, DoesNotKeepASlotForAPushThatHasBegunMeanwhile) {
  first->take(turn);
  first->begin_push();
  second->take(turn);
  first->end_push(turn);  // waits for the second
  first->begin_push();
  second->end();
  EXPECT_EQ(turns, 3);
  EXPECT_TRUE(pool.take(slot, {}).is_granted);
}

TEST_F(SlotUseTest, TellsWhatItWaitsFor) {
  first->take(turn);
  EXPECT_FALSE(first->lack());
  second->take(turn);
  ASSERT_TRUE(second->lack());
  EXPECT_EQ(second->lack()->what, WaitFor::kSlot);
}

}  // namespace
}  // namespace vnode::test
