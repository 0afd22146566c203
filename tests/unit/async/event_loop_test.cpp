#include "async/event_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace vnode {
namespace {

constexpr auto kNever = std::chrono::hours(1);

TEST(EventLoop, WaitsForItsDeadline) {
  EventLoop loop;
  const SteadyTime deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
  while (std::chrono::steady_clock::now() < deadline) loop.wait_until(deadline);
  loop.wait_until(std::chrono::steady_clock::now() - kNever);
}

TEST(EventLoop, AWakeUpBeforeTheWaitEndsIt) {
  EventLoop loop;
  loop.wake();
  loop.wake();
  loop.wait_until(std::nullopt);
  loop.wake();
  loop.wait_until(std::chrono::steady_clock::now() + kNever);
}

TEST(EventLoop, LosesNoWakeUpOfOtherThreads) {
  EventLoop loop;
  constexpr int kRounds = 5'000;
  std::atomic<int> sent = 0;
  std::atomic<int> seen = 0;
  std::thread other([&] {
    while (sent < kRounds) {
      ++sent;
      loop.wake();
      while (seen < sent) std::this_thread::yield();
    }
  });
  while (seen < kRounds) {
    loop.wait_until(std::nullopt);
    seen = sent.load();
  }
  other.join();
}

TEST(EventLoop, CallsPostedJobsInOrder) {
  EventLoop loop;
  std::vector<int> called;
  for (int i = 0; i < 1000; ++i) loop.post([&called, i] { called.push_back(i); });
  EXPECT_TRUE(called.empty());
  while (called.size() < 1000) loop.wait_until(std::nullopt);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(called[static_cast<std::size_t>(i)], i);
}

TEST(EventLoop, AJobMayPostAnother) {
  EventLoop loop;
  int left = 500;
  std::function<void()> job = [&] {
    if (--left > 0) loop.post(job);
  };
  loop.post(job);
  while (left > 0) loop.wait_until(std::nullopt);
}

TEST(EventLoop, JobsThatPostThemselvesDoNotHoldUpTheWaitForEver) {
  EventLoop loop;
  int called = 0;
  std::function<void()> job = [&] {
    ++called;
    loop.post(job);
  };
  loop.post(job);
  for (int i = 0; i < 10; ++i) loop.wait_until(std::nullopt);
  EXPECT_GE(called, 10);
}

TEST(EventLoop, CallsJobsWhenTheDeadlineHasPassed) {
  EventLoop loop;
  bool is_called = false;
  loop.post([&] { is_called = true; });
  loop.wait_until(std::chrono::steady_clock::now() - kNever);
  EXPECT_TRUE(is_called);
}

TEST(EventLoop, DropsJobsThatAreLeft) {
  auto held = std::make_shared<int>(1);
  {
    EventLoop loop;
    loop.post([held] { ADD_FAILURE(); });
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(EventLoop, TakesJobsFromOtherThreads) {
  EventLoop loop;
  constexpr int kThreads = 4;
  constexpr int kJobs = 5'000;
  int called = 0;  // by this thread only
  std::vector<int> last(kThreads, -1);
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kJobs; ++i) {
        loop.post([&, thread, i] {
          ++called;
          EXPECT_EQ(std::exchange(last[static_cast<std::size_t>(thread)], i), i - 1);
        });
      }
    });
  }
  while (called < kThreads * kJobs) loop.wait_until(std::nullopt);
}

}  // namespace
}  // namespace vnode
