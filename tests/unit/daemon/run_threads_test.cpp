#include "daemon/run_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace vnode::test {
namespace {

TEST(RunThreadsTest, ExecuteAsManyJobsAtOnceAsThereAre) {
  constexpr int kJobs = 8;
  std::atomic<int> arrived = 0;
  std::promise<void> all;
  RunThreads threads(1);
  for (int i = 0; i < kJobs; ++i) {
    threads.execute([&](RunThread) {
      if (++arrived == kJobs) all.set_value();
      // Nobody leaves before everybody is here.
      while (arrived < kJobs) std::this_thread::yield();
      return false;
    });
  }
  EXPECT_EQ(all.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
}

TEST(RunThreadsTest, UseAnIdleThreadAgain) {
  std::set<std::thread::id> seen;
  RunThreads threads(1);
  for (int i = 0; i < 50; ++i) {
    std::promise<std::thread::id> done;
    threads.execute([&done](RunThread) {
      done.set_value(std::this_thread::get_id());
      return false;
    });
    seen.insert(done.get_future().get());
  }
  // A thread that has told its result may not have got idle yet; that takes no fifty threads.
  EXPECT_LT(seen.size(), 50U);
}

TEST(RunThreadsTest, LendALoopAndWorkers) {
  RunThreads threads(2);
  std::promise<bool> served;
  threads.execute([&served](RunThread thread) {
    bool is_done = false;
    thread.workers.submit([&] { thread.loop.post([&is_done] { is_done = true; }); });
    while (!is_done) thread.loop.wait_until(std::nullopt);
    served.set_value(is_done);
    return false;
  });
  EXPECT_TRUE(served.get_future().get());
}

TEST(RunThreadsTest, ReplaceAPoolInWhichWorkWasLeft) {
  std::promise<void> free;
  const std::shared_future<void> freed = free.get_future().share();
  std::promise<void> worker_is_busy;
  RunThreads threads(1);
  std::promise<void> first;
  threads.execute([&](RunThread thread) {
    thread.workers.submit([&worker_is_busy, freed] {
      worker_is_busy.set_value();
      freed.wait();
    });
    worker_is_busy.get_future().wait();
    first.set_value();
    return true;
  });
  first.get_future().wait();
  // The only worker of the old pool is busy; whoever comes next has another one.
  for (int i = 0; i < 3; ++i) {
    std::promise<void> done;
    threads.execute([&done](RunThread thread) {
      std::promise<void> worked;
      thread.workers.submit([&worked] { worked.set_value(); });
      worked.get_future().wait();
      done.set_value();
      return false;
    });
    EXPECT_EQ(done.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
  }
  free.set_value();
}

TEST(RunThreadsTest, AreWaitedForAtTheEnd) {
  std::atomic<int> done = 0;
  {
    RunThreads threads(1);
    for (int i = 0; i < 20; ++i) {
      threads.execute([&done](RunThread) {
        std::this_thread::yield();
        ++done;
        return false;
      });
    }
  }
  EXPECT_EQ(done, 20);
}

TEST(RunThreadsTest, AreNotWaitedForOnceAbandoned) {
  // All that the job touches is its own: it outlives the threads' owner.
  const auto free = std::make_shared<std::promise<void>>();
  const auto ended = std::make_shared<std::promise<void>>();
  std::future<void> end = ended->get_future();
  const std::shared_future<void> freed = free->get_future().share();
  {
    RunThreads threads(1);
    const auto begun = std::make_shared<std::promise<void>>();
    threads.execute([freed, ended, begun](RunThread) {
      begun->set_value();
      freed.wait();
      ended->set_value();
      return false;
    });
    begun->get_future().wait();
    threads.abandon();
  }
  free->set_value();
  EXPECT_EQ(end.wait_for(std::chrono::seconds(60)), std::future_status::ready);
}

}  // namespace
}  // namespace vnode::test
