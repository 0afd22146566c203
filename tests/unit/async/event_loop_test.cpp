#include "async/event_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

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

}  // namespace
}  // namespace vnode
