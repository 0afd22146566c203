// Rules 2, 4, 5 and 6: what happens as a task table is stepped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "tasks/callable_work.h"
#include "unit/tasks/table_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

TEST(TaskStepping, StepsOnlyWorkThatIsReady) {
  TableHarness host({.default_concurrency = 3});
  for (const char* id : {"woken", "timed", "ready"}) host.submit(id);
  host.table.step();
  host.scripts["timed"].deadline = host.clock.steady_now() + 10s;
  host.scripts["ready"].is_ready = true;
  for (const char* id : {"timed", "ready"}) host.scripts[id].wake();
  host.table.step();
  for (auto& [id, script] : host.scripts) script.steps = 0;

  EXPECT_TRUE(host.table.step());
  EXPECT_EQ(host.scripts["ready"].steps, 1u);
  host.scripts["ready"].is_ready = false;
  EXPECT_FALSE(host.table.step());
  EXPECT_FALSE(host.table.step());
  EXPECT_EQ(host.scripts["ready"].steps, 2u);
  EXPECT_EQ(host.table.next_deadline(), host.clock.steady_now() + 10s);

  host.scripts["woken"].wake();
  EXPECT_EQ(host.table.next_deadline(), host.clock.steady_now());
  EXPECT_FALSE(host.table.step());
  EXPECT_EQ(host.scripts["woken"].steps, 1u);
  EXPECT_EQ(host.scripts["timed"].steps, 0u);

  host.clock.advance(10s);
  host.scripts["timed"].deadline.reset();
  EXPECT_FALSE(host.table.step());
  EXPECT_EQ(host.scripts["timed"].steps, 1u);
  EXPECT_EQ(host.table.next_deadline(), std::nullopt);
}

TEST(TaskStepping, EachWorkGetsOneTurnAStep) {
  TableHarness host;
  host.submit("a");
  host.table.step();
  host.scripts["a"].is_ready = true;
  host.scripts["a"].wake();
  host.scripts["a"].steps = 0;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(host.table.step(1h));
  EXPECT_EQ(host.scripts["a"].steps, 5u);
}

TEST(TaskStepping, WithoutTimeItStillGetsOn) {
  TableHarness host({.default_concurrency = 10});
  for (int i = 0; i < 10; ++i) host.submit({.id = std::to_string(i)});
  std::size_t steps = 0;
  while (host.table.step(0ns)) ++steps;
  EXPECT_EQ(steps, 10u);
  EXPECT_EQ(host.table.count(RunStatus::kRunning), 10u);
  for (auto& [id, script] : host.scripts) script.end();
  while (host.table.step(0ns)) {
  }
  EXPECT_EQ(host.table.count(RunStatus::kCompleted), 10u);
}

TEST(TaskStepping, TheTimeOfAStepIsShared) {
  TableHarness host({.default_concurrency = 4});
  for (const char* id : {"a", "b", "c", "d"}) host.submit(id);
  host.settle();
  for (auto& [id, script] : host.scripts) {
    script.on_step = [&host] { host.clock.advance(5ms); };
    script.steps = 0;
    script.wake();
  }
  EXPECT_TRUE(host.table.step(12ms));
  EXPECT_EQ(host.scripts["a"].budget, 3ms);
  EXPECT_EQ(host.scripts["c"].budget, 1ms);
  EXPECT_EQ(host.scripts["d"].steps, 0u);
  host.scripts["a"].wake();
  EXPECT_TRUE(host.table.step(1ms));
  EXPECT_EQ(host.scripts["d"].steps, 1u);  // before the first one gets a second turn
  EXPECT_EQ(host.scripts["a"].steps, 1u);
  EXPECT_FALSE(host.table.step(1ms));
  EXPECT_EQ(host.scripts["a"].steps, 2u);
}

TEST(TaskStepping, AWakeIsToldToTheHost) {
  TableHarness host;
  host.submit("a");
  host.table.step();
  std::atomic<int> wakes = 0;
  host.table.set_wake([&wakes] { ++wakes; });
  std::thread other([&host] { host.scripts["a"].wake(); });
  other.join();
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(host.table.next_deadline(), host.clock.steady_now());
}

TEST(TaskStepping, ATimeoutCountsFromTheStart) {
  TableHarness host({.default_concurrency = 1});
  host.submit("first");
  const TaskHandle task = host.submit({.id = "a", .timeout = 10s});
  host.settle();
  host.clock.advance(1h);
  host.end("first");
  EXPECT_EQ(task->status(), RunStatus::kRunning);
  EXPECT_EQ(host.table.next_deadline(), host.clock.steady_now() + 10s);
  host.clock.advance(10s);
  host.settle();
  ASSERT_EQ(task->status(), RunStatus::kTimeout);
  EXPECT_EQ(task->ended()->error, "it was not done after 10.0s");
  EXPECT_EQ(task->ended()->duration, 10s);
  EXPECT_THAT(host.scripts["a"].stops, ElementsAre(StopReason::kTimeout));
}

TEST(TaskStepping, ATimeoutBeyondTheEndOfTimeIsNone) {
  TableHarness host;
  host.submit({.id = "a", .timeout = Duration::max()});
  host.settle();
  host.clock.advance(1000h);
  host.settle();
  EXPECT_EQ(host.status("a"), RunStatus::kRunning);
}

TEST(TaskStepping, TheCallbackComesOnceOnTheSteppingThreadAfterTheEnd) {
  TableHarness host({.default_concurrency = 1});
  const std::thread::id owner = std::this_thread::get_id();
  std::vector<std::string> calls;
  auto on_ended = [&](const TaskHandle& task) {
    EXPECT_EQ(std::this_thread::get_id(), owner);
    calls.push_back(task->id + " " + std::string(word(task->status())));
  };
  host.submit({.id = "completed", .on_ended = on_ended});
  host.submit({.id = "failed", .on_ended = on_ended});
  host.submit({.id = "timeout", .timeout = 1s, .on_ended = on_ended});
  host.submit({.id = "running", .on_ended = on_ended});
  host.submit({.id = "pending", .on_ended = on_ended});
  host.settle();
  std::thread([&host] { host.scripts["completed"].end(); }).join();
  EXPECT_THAT(calls, IsEmpty());
  host.settle();
  host.end("failed", failed("no"));
  host.clock.advance(1s);
  host.settle();
  host.table.cancel("running");
  host.table.cancel("pending");
  host.settle();
  host.settle();
  EXPECT_THAT(calls, ElementsAre("completed completed", "failed failed", "timeout timeout",
                                 "pending cancelled", "running cancelled"));
}

TEST(TaskStepping, AnExceptionInACallbackHarmsNothing) {
  std::vector<std::string> errors;
  TableHarness host({.on_changed = [](const TaskHandle&) { throw 5; },
                     .on_callback_error =
                         [&errors](const TaskRecord& task, std::string_view what) {
                           errors.push_back(task.id + ": " + std::string(what));
                           throw std::runtime_error("this one too");
                         }});
  host.submit({.id = "a", .on_ended = [](const TaskHandle&) { throw std::runtime_error("oops"); }});
  host.settle();
  host.end("a");
  EXPECT_EQ(host.status("a"), RunStatus::kCompleted);
  EXPECT_THAT(errors, ElementsAre("a: an unknown exception", "a: an unknown exception",
                                  "a: an unknown exception", "a: oops"));
}

TEST(TaskStepping, EveryChangeIsTold) {
  std::vector<std::string> changes;
  TableHarness host({.on_changed = [&changes](const TaskHandle& task) {
    std::string change(word(task->status()));
    if (task->running() && task->running()->stop != StopReason::kNone) change += " stopping";
    changes.push_back(change + " " + std::to_string(task->attempt));
  }});
  host.submit({.id = "a", .timeout = 10s, .retries = 1, .on_ended = [&changes](const TaskHandle&) {
                 changes.push_back("on_ended");
               }});
  host.settle();
  host.end("a", failed("once"));
  host.clock.advance(10s);
  host.settle();
  EXPECT_THAT(changes, ElementsAre("pending 1", "running 1", "pending 2", "running 2", "running stopping 2",
                                   "timeout 2", "on_ended"));
}

TEST(TaskStepping, WorkThatCannotBeMadeFailsTheTask) {
  TwoHandedClock clock;
  TaskTable table(clock);
  const TaskHandle nothing = table.submit({}, nullptr);
  const TaskHandle null = table.submit({}, [](const TaskRecord&) { return nullptr; });
  const TaskHandle throwing = table.submit(
      {.retries = 1},
      [](const TaskRecord&) -> std::unique_ptr<TaskWork> { throw std::runtime_error("no such plan"); });
  while (table.step()) {
  }
  EXPECT_EQ(nothing->ended()->error, "there is no work to do");
  EXPECT_EQ(null->status(), RunStatus::kFailed);
  EXPECT_EQ(throwing->ended()->error, "no such plan");
  EXPECT_EQ(throwing->attempt, 2);
}

TEST(TaskStepping, AnExceptionOfTheWorkFailsTheTask) {
  TableHarness host;
  const TaskHandle task = host.submit("a");
  host.scripts["a"].on_step = [] { throw std::runtime_error("it broke"); };
  host.settle();
  ASSERT_EQ(task->status(), RunStatus::kFailed);
  EXPECT_EQ(task->ended()->error, "it broke");
}

TEST(TaskStepping, AnInvalidRunIsAFailedTask) {
  TableHarness host;
  const TaskHandle task = host.submit("a");
  host.settle();
  host.end("a", {.status = RunStatus::kInvalid, .error = "no such node"});
  EXPECT_EQ(task->status(), RunStatus::kFailed);
  EXPECT_EQ(host.table.count(RunStatus::kFailed), 1U);
}

TEST(TaskStepping, AnOutcomeThatIsNoneIsAFailure) {
  TableHarness host;
  const TaskHandle task = host.submit("a");
  const TaskHandle silent = host.submit("b");
  host.settle();
  host.end("a", {.status = RunStatus::kRunning});
  host.end("b", {.status = RunStatus::kFailed});
  ASSERT_EQ(task->status(), RunStatus::kFailed);
  EXPECT_EQ(task->ended()->error, "its work ended without an outcome");
  EXPECT_EQ(silent->ended()->error, "it failed without saying why");
}

TEST(TaskStepping, EndedTasksLeaveTheTableByAge) {
  TableHarness host({.clear_after = 60s});
  host.submit("a");
  host.submit("b");
  host.settle();
  host.end("a");
  host.clock.set_wall_back(1000h);
  EXPECT_EQ(host.table.next_deadline(), host.clock.steady_now() + 60s);
  host.clock.advance(59s);
  host.settle();
  EXPECT_NE(host.table.find("a"), nullptr);
  host.clock.advance(1s);
  host.settle();
  EXPECT_EQ(host.table.find("a"), nullptr);
  EXPECT_EQ(host.table.next_deadline(), std::nullopt);
  EXPECT_NE(host.table.find("b"), nullptr);  // it runs
}

TEST(TaskStepping, EndedTasksLeaveTheTableBeyondACount) {
  TableHarness host({.keep = 2});
  for (const char* id : {"a", "b", "c", "d"}) host.submit(id);
  host.settle();
  for (const char* id : {"c", "b", "a"}) host.end(id);
  EXPECT_EQ(host.table.find("c"), nullptr);
  EXPECT_NE(host.table.find("a"), nullptr);
  EXPECT_NE(host.table.find("b"), nullptr);
  EXPECT_NE(host.table.find("d"), nullptr);
}

TEST(TaskStepping, CallbacksMayUseTheTable) {
  TableHarness host({.keep = 0, .default_concurrency = 2});
  host.submit("other");
  host.settle();
  TaskHandle next;
  host.submit({.id = "a", .on_ended = [&](const TaskHandle& task) {
                 EXPECT_TRUE(host.table.clear(task->id));
                 EXPECT_EQ(host.table.clear_ended(), 0u);
                 next = host.submit("next");
                 EXPECT_TRUE(host.table.cancel("other"));
                 EXPECT_THROW(host.table.step(), std::logic_error);
               }});
  host.settle();
  host.end("a");
  ASSERT_NE(next, nullptr);
  EXPECT_EQ(next->status(), RunStatus::kRunning);
  EXPECT_EQ(host.table.find("other"), nullptr);
}

TEST(TaskStepping, ListenersMayUseTheTable) {
  TaskTable* table = nullptr;
  TableHarness host({.keep = 0, .on_changed = [&table](const TaskHandle& task) {
                       if (!table) return;
                       table->clear_ended();
                       if (task->id == "a") table->cancel("a");
                       if (task->id == "b" && task->running()) table->shut_down();
                     }});
  table = &host.table;
  const TaskHandle a = host.submit("a");
  const TaskHandle b = host.submit("b");
  host.settle();
  EXPECT_EQ(a->status(), RunStatus::kCancelled);
  EXPECT_EQ(b->status(), RunStatus::kInterrupted);  // asked to end before it had any work
  EXPECT_TRUE(host.scripts.empty());
  table = nullptr;
}

TEST(TaskStepping, WorkMayUseTheTable) {
  TableHarness host({.default_concurrency = 2});
  const TaskHandle task = host.submit("a");
  host.scripts["a"].on_step = [&host] {
    if (!host.table.find("b")) host.submit("b");
    host.table.clear_ended();
    host.table.cancel("a");
  };
  host.settle();
  EXPECT_EQ(task->status(), RunStatus::kCancelled);
  EXPECT_THAT(host.scripts["a"].stops, ElementsAre(StopReason::kCancel));
  EXPECT_EQ(host.status("b"), RunStatus::kRunning);
}

TEST(TaskStepping, PendingTasksCostAStepNothing) {
  TableHarness host({.keep = 10, .default_concurrency = 1000});
  host.table.set_queue("paused", 1);
  host.table.set_paused("paused", true);
  constexpr std::size_t kTasks = 100'000, kRunning = 1000, kEnded = 10'000;
  for (std::size_t i = 0; i < kTasks; ++i)
    host.submit(TaskRequest{.queue = i % 2 == 0 ? "default" : "paused"});
  host.table.step(1h);
  ASSERT_EQ(host.table.count(RunStatus::kRunning), kRunning);
  std::size_t steps = 0;
  for (auto& [id, script] : host.scripts) {
    script.on_step = [&steps] { ++steps; };
  }
  const std::vector<TaskHandle> tasks = host.table.all();
  for (std::size_t i = 0; i < kEnded; ++i) {
    host.scripts.at(tasks[2 * i]->id).end();
    host.table.step(1h);
  }
  EXPECT_EQ(host.table.count(RunStatus::kRunning), kRunning);
  EXPECT_EQ(host.table.count(RunStatus::kPending), kTasks - kRunning - kEnded);
  EXPECT_EQ(steps, kRunning);  // of those that ran then: the last one of each, for its end
}

}  // namespace
}  // namespace vnode::test
