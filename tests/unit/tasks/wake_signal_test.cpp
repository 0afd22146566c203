#include "tasks/wake_signal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace vnode {
namespace {

using testing::ElementsAre;

TEST(WakeSignal, ManyWakesAreOneEntryUntilTheNextStep) {
  auto inbox = std::make_shared<WakeInbox>();
  WakeSignal signal(inbox, 5);
  for (int i = 0; i < 1000; ++i) signal.wake();
  EXPECT_THAT(inbox->take(), ElementsAre(5));
  signal.wake();
  EXPECT_TRUE(inbox->empty());
  signal.reset();
  signal.wake();
  EXPECT_THAT(inbox->take(), ElementsAre(5));
}

}  // namespace
}  // namespace vnode
