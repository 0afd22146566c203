#include "tasks/wake_inbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

TEST(WakeInbox, KeepsWhoWasWoken) {
  WakeInbox inbox;
  EXPECT_TRUE(inbox.empty());
  inbox.post(3);
  inbox.post(1);
  EXPECT_FALSE(inbox.empty());
  EXPECT_THAT(inbox.take(), ElementsAre(3, 1));
  EXPECT_TRUE(inbox.empty());
}

TEST(WakeInbox, TellsTheHost) {
  WakeInbox inbox;
  int wakes = 0;
  inbox.set_wake([&wakes] { ++wakes; });
  inbox.post(1);
  inbox.post(2);
  EXPECT_EQ(wakes, 2);
  inbox.set_wake(nullptr);
  inbox.post(3);
  EXPECT_EQ(wakes, 2);
}

TEST(WakeInbox, WaitingEndsWithAPostOrTheDeadline) {
  WakeInbox inbox;
  inbox.wait(std::chrono::steady_clock::now());
  std::thread poster([&inbox] { inbox.post(7); });
  inbox.wait(std::nullopt);
  EXPECT_THAT(inbox.take(), ElementsAre(7));
  poster.join();
}

TEST(WakeInbox, TakesPostsFromManyThreads) {
  WakeInbox inbox;
  std::vector<std::thread> threads;
  for (TaskKey key = 1; key <= 4; ++key) threads.emplace_back([&inbox, key] { inbox.post(key); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(inbox.take(), UnorderedElementsAre(1, 2, 3, 4));
}

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
