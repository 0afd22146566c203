#include "async/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

namespace vnode {
namespace {

TEST(WorkerPool, RunsJobsAtTheSameTime) {
  WorkerPool pool(2);
  std::latch both(2), done(2);
  for (int i = 0; i < 2; ++i) {
    pool.submit([&] {
      both.arrive_and_wait();  // returns only if the other one is running as well
      done.count_down();
    });
  }
  done.wait();
}

TEST(WorkerPool, StartsJobsInOrder) {
  WorkerPool pool(1);
  std::vector<int> order;
  std::latch done(100);
  for (int i = 0; i < 100; ++i) {
    pool.submit([&order, &done, i] {
      order.push_back(i);
      done.count_down();
    });
  }
  done.wait();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(WorkerPool, DestructionWaitsForRunningJobsAndDropsTheRest) {
  std::atomic<bool> ended{false};
  std::atomic<int> dropped_ran{0};
  std::latch started(1), go(1);
  std::jthread releaser([&go] { go.count_down(); });
  {
    WorkerPool pool(1);
    pool.submit([&] {
      started.count_down();
      go.wait();
      ended = true;
    });
    for (int i = 0; i < 10; ++i) pool.submit([&dropped_ran] { ++dropped_ran; });
    started.wait();
  }
  EXPECT_TRUE(ended);
  EXPECT_LE(dropped_ran, 10);
}

TEST(WorkerPool, AbandonDoesNotWait) {
  auto stuck = std::make_shared<std::latch>(1);
  std::latch started(1);
  {
    WorkerPool pool(1);
    pool.submit([stuck, &started] {
      started.count_down();
      stuck->wait();
    });
    started.wait();
    pool.abandon();
  }
  stuck->count_down();
}

TEST(WorkerPool, HasAtLeastOneThread) { EXPECT_EQ(WorkerPool(0).threads(), 1u); }

}  // namespace
}  // namespace vnode
