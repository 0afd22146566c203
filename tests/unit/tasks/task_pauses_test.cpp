// Rule 19: tasks that somebody has paused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/tasks/table_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

TEST(TaskPauses, LetNoPendingOneStartAndOthersPass) {
  TableHarness host;
  const TaskHandle task = host.submit("a");
  EXPECT_TRUE(host.table.pause("a", RunPause::kHold));
  host.submit("b");
  host.settle();
  EXPECT_EQ(host.status("a"), RunStatus::kPending);
  EXPECT_EQ(host.status("b"), RunStatus::kRunning);
  EXPECT_EQ(host.table.why_waiting("a")->code, "paused");
  EXPECT_EQ(host.table.why_waiting("a")->text, "paused since 1970-01-01 01:00:00 UTC");
  EXPECT_EQ(host.table.next_deadline(), std::nullopt);
  EXPECT_TRUE(host.table.unpause("a"));
  host.settle();
  EXPECT_EQ(host.status("a"), RunStatus::kRunning);
  EXPECT_EQ(task->pause, std::nullopt);
  EXPECT_THAT(host.scripts["a"].pauses, IsEmpty());
}

TEST(TaskPauses, KeepTheOrderOfAStrictQueue) {
  TableHarness host({.default_concurrency = 1});
  host.submit("a");
  host.submit("b");
  host.table.pause("a", RunPause::kHold);
  host.settle();
  EXPECT_EQ(host.status("b"), RunStatus::kPending);
  EXPECT_EQ(host.table.why_waiting("b")->text,
            "queue 'default' keeps its order: 1 ahead, the first is a, which is paused");
  host.table.unpause("a");
  host.settle();
  EXPECT_EQ(host.status("a"), RunStatus::kRunning);
}

TEST(TaskPauses, AskForNoResource) {
  TableHarness host;
  host.table.set_resource("gpu", 1);
  host.submit({.id = "a", .resources = {{"gpu", 1}}});
  host.submit({.id = "b", .resources = {{"gpu", 1}}});
  host.table.pause("a", RunPause::kHold);
  host.settle();
  EXPECT_EQ(host.status("b"), RunStatus::kRunning);
}

TEST(TaskPauses, AreToldToTheWorkOfARunningOne) {
  TableHarness host;
  const TaskHandle task = host.submit("a");
  host.settle();
  host.table.pause("a", RunPause::kHold);
  host.table.pause("a", RunPause::kHold);
  host.clock.advance(10s);
  host.table.pause("a", RunPause::kStop);
  host.table.pause("a", RunPause::kHold);
  EXPECT_EQ(task->pause->how, RunPause::kStop) << "the stronger one counts";
  EXPECT_EQ(task->pause->since, host.clock.wall_now() - 10s) << "from the first";
  host.table.unpause("a");
  host.table.unpause("a");
  EXPECT_THAT(host.scripts["a"].pauses, ElementsAre(RunPause::kHold, RunPause::kStop, RunPause::kNone));
}

TEST(TaskPauses, StandStillForTheTimeout) {
  TableHarness host;
  const TaskHandle task = host.submit({.id = "a", .timeout = 10s});
  host.settle();
  for (int i = 0; i < 2; ++i) {
    host.clock.advance(3s);
    host.table.pause("a", RunPause::kHold);
    host.settle();
    EXPECT_EQ(host.table.next_deadline(), std::nullopt);
    host.clock.advance(1h);
    host.settle();
    host.table.unpause("a");
    host.settle();
  }
  EXPECT_EQ(host.table.next_deadline(), host.clock.steady_now() + 4s);
  host.clock.advance(4s);
  host.settle();
  EXPECT_EQ(task->status(), RunStatus::kTimeout);
}

TEST(TaskPauses, HoldTheNextAttempt) {
  TableHarness host;
  const TaskHandle task = host.submit({.id = "a", .timeout = 10s, .retries = 2, .retry_delay = {1s, 1s}});
  host.settle();
  host.table.pause("a", RunPause::kHold);
  host.end("a", failed("once"));
  host.clock.advance(1h);
  host.settle();
  EXPECT_EQ(task->status(), RunStatus::kPending);
  EXPECT_EQ(host.table.why_waiting("a")->code, "paused");
  host.table.unpause("a");
  host.settle();
  EXPECT_EQ(task->status(), RunStatus::kRunning);
  EXPECT_EQ(host.table.next_deadline(), host.clock.steady_now() + 10s) << "of the new attempt";
  // One that goes on before its time has come waits for that.
  host.end("a", failed("twice"));
  host.table.pause("a", RunPause::kHold);
  host.table.unpause("a");
  host.settle();
  EXPECT_EQ(host.table.why_waiting("a")->code, "retry");
  host.clock.advance(1s);
  host.settle();
  EXPECT_EQ(task->status(), RunStatus::kRunning);
}

TEST(TaskPauses, EndWithTheTask) {
  TableHarness host;
  const TaskHandle pending = host.submit("pending");
  const TaskHandle running = host.submit("running");
  host.table.pause("pending", RunPause::kHold);
  host.settle();
  host.table.pause("running", RunPause::kStop);
  host.table.cancel("pending");
  host.table.pause("pending", RunPause::kHold);
  host.table.unpause("pending");
  host.table.cancel("running");
  host.settle();
  for (const TaskHandle& task : {pending, running}) {
    EXPECT_EQ(task->status(), RunStatus::kCancelled);
    EXPECT_EQ(task->pause, std::nullopt);
    EXPECT_FALSE(host.table.pause(task->id, RunPause::kHold));
    EXPECT_FALSE(host.table.unpause(task->id));
  }
  EXPECT_FALSE(host.table.pause("nobody", RunPause::kHold));
  EXPECT_EQ(host.scripts["pending"].starts, 0u);
}

TEST(TaskPauses, AreThereFromTheSubmissionOn) {
  TableHarness host;
  const TaskPause pause{RunPause::kStop, host.clock.wall_now() - 1h};
  const TaskHandle task = host.submit({.id = "a", .pause = pause});
  host.settle();
  EXPECT_EQ(task->status(), RunStatus::kPending);
  EXPECT_EQ(task->pause, pause);
  host.table.unpause("a");
  host.settle();
  EXPECT_EQ(task->status(), RunStatus::kRunning);
}

}  // namespace
}  // namespace vnode::test
