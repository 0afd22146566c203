#include "daemon/delayed_flush.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "async/timer_queue.h"
#include "async/worker_pool.h"
#include "daemon/run_event_log.h"
#include "support/run_harness.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

/// Counts flushes that others can see, on whatever thread.
class SeenFlushes {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  bool wait_for(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

class DelayedFlushTest : public testing::Test {
 protected:
  std::shared_ptr<RunEventLog> open(const std::string& name) {
    auto events = std::make_shared<RunEventLog>(folder.file(name), name, EventFileEnd{}, EventLimits{1024},
                                                [this] { flushes.add(); });
    events->set_flusher(&*flusher, events);
    return events;
  }
  static void say(RunEventLog& events, std::uint64_t seq) {
    events.on_event({seq, WallTime(), "run-1", std::nullopt, NodeLog{LogLevel::kInfo, "text"}});
  }
  /// What the owner's loop does, that much later.
  void pass(Duration time) {
    for (const auto& job : std::exchange(posted, {})) job();
    clock.advance(time);
    timers.run_due(clock.steady_now());
  }

  ScratchFolder folder;
  SeenFlushes flushes;
  FakeClock clock;
  TimerQueue timers;
  WorkerPool workers{1};
  std::vector<std::function<void()>> posted;
  std::optional<DelayedFlush> flusher{
      std::in_place, DelayedFlush::Parts{.post = [this](std::function<void()> job) { posted.push_back(job); },
                                         .timers = timers,
                                         .clock = clock,
                                         .workers = workers}};
};

TEST_F(DelayedFlushTest, FlushesThirtyMillisecondsLater) {
  const auto events = open("e");
  say(*events, 1);
  pass(std::chrono::milliseconds(29));
  EXPECT_EQ(events->visible(), 0U);
  pass(std::chrono::milliseconds(1));
  ASSERT_TRUE(flushes.wait_for(1));
  EXPECT_EQ(events->visible(), events->size());
  // And again: the growth so far has been seen.
  say(*events, 2);
  pass(std::chrono::milliseconds(30));
  ASSERT_TRUE(flushes.wait_for(2));
  EXPECT_EQ(events->visible(), events->size());
}

TEST_F(DelayedFlushTest, AsksTheOwnerOnceForManyRuns) {
  std::vector<std::shared_ptr<RunEventLog>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(open(std::to_string(i)));
    say(*all.back(), 1);
  }
  EXPECT_EQ(posted.size(), 1U);
  pass(std::chrono::milliseconds(30));
  ASSERT_TRUE(flushes.wait_for(20));
  for (const auto& events : all) EXPECT_GT(events->visible(), 0U);
}

TEST_F(DelayedFlushTest, HoldsNoEvents) {
  auto events = open("e");
  say(*events, 1);
  const std::weak_ptr<RunEventLog> gone = events;
  events.reset();
  EXPECT_TRUE(gone.expired());
  pass(std::chrono::milliseconds(30));
}

TEST_F(DelayedFlushTest, MayEndWhileTheOwnerIsAsked) {
  const auto events = open("e");
  say(*events, 1);
  events->set_flusher(nullptr, {});
  flusher.reset();
  pass(std::chrono::milliseconds(30));
  EXPECT_EQ(events->visible(), 0U);
}

}  // namespace
}  // namespace vnode::test
