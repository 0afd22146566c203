// Rule 4: what has failed is tried again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tasks/callable_work.h"
#include "unit/tasks/table_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

TEST(TaskRetries, AFailureAndATimeoutAreTriedAgain) {
  TableHarness host;
  const TaskHandle task = host.submit({.id = "a", .timeout = 10s, .retries = 2});
  host.settle();
  host.end("a", failed("first"));
  EXPECT_EQ(task->attempt, 2);
  EXPECT_EQ(task->status(), RunStatus::kRunning);
  host.clock.advance(10s);
  host.settle();
  EXPECT_EQ(task->attempt, 3);
  EXPECT_EQ(task->status(), RunStatus::kRunning);
  host.end("a", failed("third"));
  ASSERT_EQ(task->status(), RunStatus::kFailed);
  EXPECT_EQ(task->attempt, 3);
  EXPECT_EQ(task->ended()->error, "third");
  EXPECT_EQ(host.scripts["a"].starts, 3u);
}

TEST(TaskRetries, ARetryKeepsItsPlace) {
  TableHarness host({.default_concurrency = 1});
  host.submit({.id = "a", .retries = 1});
  host.submit("b");
  host.settle();
  host.end("a", failed("once"));
  EXPECT_EQ(host.status("a"), RunStatus::kRunning);
  EXPECT_EQ(host.status("b"), RunStatus::kPending);
}

TEST(TaskRetries, ARetryWaitsTwiceAsLongEachTime) {
  TableHarness host;
  const TaskHandle task = host.submit({.id = "a", .retries = 3, .retry_delay = {1s, 3s}});
  host.settle();
  int attempt = 1;
  for (const Duration delay : {1s, 2s, 3s}) {
    host.end("a", failed("again"));
    EXPECT_EQ(task->status(), RunStatus::kPending);
    EXPECT_EQ(task->attempt, ++attempt);
    EXPECT_EQ(host.table.next_deadline(), host.clock.steady_now() + delay);
    host.clock.advance(delay - 1ns);
    host.settle();
    EXPECT_EQ(task->status(), RunStatus::kPending);
    host.clock.advance(1ns);
    host.settle();
    EXPECT_EQ(task->status(), RunStatus::kRunning);
  }
  EXPECT_EQ(host.table.next_deadline(), std::nullopt);
  host.end("a");
  EXPECT_EQ(task->status(), RunStatus::kCompleted);
}

TEST(TaskRetries, ARetryAfterATimeoutWaitsToo) {
  TableHarness host;
  const TaskHandle task =
      host.submit({.id = "a", .timeout = 10s, .retries = 1, .retry_delay = {.first = 1s}});
  host.settle();
  host.clock.advance(10s);
  host.settle();
  EXPECT_EQ(task->status(), RunStatus::kPending);
  host.clock.advance(1s);
  host.settle();
  EXPECT_EQ(task->status(), RunStatus::kRunning);
  EXPECT_EQ(host.table.next_deadline(), host.clock.steady_now() + 10s) << "its timeout counts anew";
}

TEST(TaskRetries, WhatIsTriedAgainWithoutAFailureDoesNotWait) {
  TableHarness host;
  const TaskHandle task = host.submit({.id = "a", .retry_delay = {.first = 1h}});
  host.settle();
  host.scripts["a"].verdict = TaskVerdict::kAgain;
  host.end("a", {.status = RunStatus::kInterrupted});
  EXPECT_EQ(task->status(), RunStatus::kRunning);
  EXPECT_EQ(task->attempt, 2);
}

TEST(TaskRetries, ARetryThatWaitsKeepsItsPlaceInAStrictQueueOnly) {
  TableHarness host({.default_concurrency = 1});
  host.table.set_queue("wide", 2);
  for (const char* queue : {"default", "wide"}) {
    const std::string name = queue;
    host.submit({.id = name + "-a", .queue = queue, .retries = 1, .retry_delay = {.first = 1s}});
    host.submit({.id = name + "-b", .queue = queue});
    host.submit({.id = name + "-c", .queue = queue});
    host.settle();
    host.end(name + "-a", failed("once"));
  }
  EXPECT_EQ(host.status("default-b"), RunStatus::kPending);
  EXPECT_EQ(host.status("wide-c"), RunStatus::kRunning);
  host.clock.advance(1s);
  host.settle();
  EXPECT_EQ(host.status("default-a"), RunStatus::kRunning);
  EXPECT_EQ(host.status("default-b"), RunStatus::kPending);
  EXPECT_EQ(host.status("wide-a"), RunStatus::kPending) << "its place is taken";
}

TEST(TaskRetries, ARetryThatWaitsCanBeCancelled) {
  TableHarness host({.default_concurrency = 1});
  const TaskHandle task = host.submit({.id = "a", .retries = 1, .retry_delay = {.first = 1h}});
  const TaskHandle behind = host.submit("b");
  host.settle();
  host.end("a", failed("once"));
  EXPECT_TRUE(host.table.cancel("a"));
  host.settle();
  ASSERT_EQ(task->status(), RunStatus::kCancelled);
  EXPECT_EQ(task->ended()->error, "it was cancelled before attempt 2");
  EXPECT_EQ(behind->status(), RunStatus::kRunning);
  EXPECT_EQ(host.table.next_deadline(), std::nullopt);
}

TEST(TaskRetries, ARetryThatWaitsSaysSo) {
  TableHarness host({.default_concurrency = 1});
  host.submit({.id = "a", .retries = 1, .retry_delay = {.first = 90s}});
  host.submit("b");
  host.settle();
  host.end("a", failed("once"));
  host.clock.advance(30s);
  EXPECT_EQ(host.table.why_waiting("a")->code, "retry");
  EXPECT_EQ(host.table.why_waiting("a")->text, "attempt 2 in 1m 00s: waits before it is tried again");
  EXPECT_EQ(host.table.why_waiting("b")->code, "behind");
  EXPECT_EQ(host.table.why_waiting("b")->text,
            "queue 'default' keeps its order: 1 ahead, the first is a, which waits before it is tried again");
  host.table.set_paused("default", true);
  EXPECT_EQ(host.table.why_waiting("a")->text,
            "attempt 2 in 1m 00s: waits before it is tried again; queue 'default' is paused");
  host.clock.advance(60s);
  host.settle();
  EXPECT_EQ(host.table.why_waiting("a")->code, "queue_paused");
}

TEST(TaskRetries, ARetryThatWaitsStaysPendingWhenTheTableIsShutDown) {
  TableHarness host;
  const TaskHandle task = host.submit({.id = "a", .retries = 1, .retry_delay = {.first = 1s}});
  host.settle();
  host.end("a", failed("once"));
  host.table.shut_down();
  host.clock.advance(1h);
  host.settle();
  EXPECT_EQ(task->status(), RunStatus::kPending);
  host.table.wait(task);
  EXPECT_EQ(task->status(), RunStatus::kPending);
}

TEST(TaskRetries, WaitingForATaskWaitsForItsRetriesToo) {
  const SystemClock clock;
  TaskTable table(clock);
  int attempts = 0;
  const TaskHandle task =
      table.submit({.retries = 2, .retry_delay = {.first = 1ms}}, callable([&attempts]() -> Value {
                     if (++attempts < 3) throw std::runtime_error("not yet");
                     return Value(attempts);
                   }));
  table.wait(task);
  EXPECT_EQ(task->status(), RunStatus::kCompleted);
  EXPECT_EQ(task->attempt, 3);
}

TEST(TaskRetries, WhatIsCancelledIsNotTriedAgain) {
  TableHarness host;
  const TaskHandle a = host.submit({.id = "a", .retries = 5});
  const TaskHandle b = host.submit({.id = "b", .retries = 5});
  host.settle();
  host.scripts["b"].ends_when_stopped = false;
  host.table.cancel_all();
  host.settle();
  host.end("b", failed("on the way out"));
  EXPECT_EQ(a->status(), RunStatus::kCancelled);
  EXPECT_EQ(b->status(), RunStatus::kFailed);
  EXPECT_EQ(b->attempt, 1);
}

TEST(TaskRetries, ALateWakeOfAnEarlierAttemptHarmsNothing) {
  TableHarness host;
  host.submit({.id = "a", .retries = 1});
  host.settle();
  const std::function<void()> first_wake = host.scripts["a"].wake;
  host.end("a", failed("once"));
  first_wake();
  host.settle();
  host.end("a");
  first_wake();
  host.scripts["a"].wake();
  host.settle();
  EXPECT_EQ(host.status("a"), RunStatus::kCompleted);
}

TEST(TaskRetries, WorkThatKnowsBetterIsTriedAgainWithoutRetries) {
  TableHarness host;
  const TaskHandle task = host.submit("a");
  host.settle();
  host.scripts["a"].verdict = TaskVerdict::kAgain;
  host.end("a", failed("once"));
  EXPECT_EQ(task->status(), RunStatus::kRunning);
  EXPECT_EQ(task->attempt, 2);
  host.scripts["a"].verdict = TaskVerdict::kEnd;
  host.end("a", failed("twice"));
  EXPECT_EQ(task->status(), RunStatus::kFailed);
  EXPECT_EQ(task->ended()->error, "twice");
}

TEST(TaskRetries, WorkThatKnowsBetterEndsWhileRetriesAreLeft) {
  TableHarness host;
  const TaskHandle task = host.submit({.id = "a", .retries = 5});
  host.settle();
  host.scripts["a"].verdict = TaskVerdict::kEnd;
  host.end("a", failed("for good"));
  EXPECT_EQ(task->status(), RunStatus::kFailed);
  EXPECT_EQ(task->attempt, 1);
}

TEST(TaskRetries, WorkIsAskedWithTheStatusThatAStopHasGivenIt) {
  TableHarness host;
  host.submit({.id = "a", .timeout = 10s});
  host.settle();
  host.clock.advance(10s);
  host.settle();
  EXPECT_EQ(host.scripts["a"].judged, std::vector{RunStatus::kTimeout});
}

}  // namespace
}  // namespace vnode::test
