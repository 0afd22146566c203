#include "async/inbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

TEST(Inboxes, KeepsWhoWasWoken) {
  Inbox<int> inbox;
  EXPECT_TRUE(inbox.empty());
  inbox.post(3);
  inbox.post(1);
  EXPECT_FALSE(inbox.empty());
  EXPECT_THAT(inbox.take(), ElementsAre(3, 1));
  EXPECT_TRUE(inbox.empty());
}

TEST(Inboxes, TellsTheHost) {
  Inbox<int> inbox;
  int wakes = 0;
  inbox.set_wake([&wakes] { ++wakes; });
  inbox.post(1);
  inbox.post(2);
  EXPECT_EQ(wakes, 2);
  inbox.set_wake(nullptr);
  inbox.post(3);
  EXPECT_EQ(wakes, 2);
}

TEST(Inboxes, WaitingEndsWithAPostOrTheDeadline) {
  Inbox<int> inbox;
  inbox.wait(std::chrono::steady_clock::now());
  std::thread poster([&inbox] { inbox.post(7); });
  inbox.wait(std::nullopt);
  EXPECT_THAT(inbox.take(), ElementsAre(7));
  poster.join();
}

TEST(Inboxes, TakesPostsFromManyThreads) {
  Inbox<int> inbox;
  std::vector<std::thread> threads;
  for (int key = 1; key <= 4; ++key) threads.emplace_back([&inbox, key] { inbox.post(key); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(inbox.take(), UnorderedElementsAre(1, 2, 3, 4));
}

TEST(Inboxes, NotifyEndsAWaitWithoutAMessage) {
  Inbox<int> inbox;
  int wakes = 0;
  inbox.set_wake([&wakes] { ++wakes; });
  inbox.notify();
  inbox.wait(std::nullopt);
  EXPECT_TRUE(inbox.empty());
  EXPECT_EQ(wakes, 1);
}

}  // namespace
}  // namespace vnode
