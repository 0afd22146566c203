// Rules 1, 3, 5 and 7: what a host asks of its task table.
#include "tasks/task_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tasks/callable_work.h"
#include "unit/tasks/table_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

std::vector<std::string> ids(const TaskTable& table) {
  std::vector<std::string> ids;
  for (const TaskHandle& task : table.all()) ids.push_back(task->id);
  return ids;
}

TEST(TaskTable, SubmittingReturnsAtOnce) {
  TableHarness host;
  const TaskHandle task = host.submit("a");
  EXPECT_EQ(task->status(), RunStatus::kPending);
  EXPECT_EQ(host.scripts.count("a"), 0u);
  host.settle();
  EXPECT_EQ(task->status(), RunStatus::kRunning);
  host.end("a", {.result = 5});
  ASSERT_EQ(task->status(), RunStatus::kCompleted);
  EXPECT_EQ(task->ended()->result.as_int(), 5);
}

TEST(TaskTable, HasTheColumnsOfTheSeed) {
  TableHarness host;
  host.table.set_queue("render", 1);
  const WallTime created = host.clock.wall_now();
  const TaskHandle task = host.submit({.id = "a",
                                       .description = "cook the rocks",
                                       .queue = "render",
                                       .priority = 3,
                                       .timeout = 1h,
                                       .attempt = 2,
                                       .workflow = "rocks.json",
                                       .info = Dict{{"shot", "sh010"}}});
  host.clock.advance(2s);
  const WallTime started = host.clock.wall_now();
  host.settle();
  host.clock.advance(3s);
  EXPECT_EQ(host.table.duration_of(*task), 3s);
  const WallTime completed = host.clock.wall_now();
  host.end("a", {.status = RunStatus::kFailed, .error = "no rocks", .exit_code = 1});
  host.clock.advance(1h);

  EXPECT_EQ(task->id, "a");
  EXPECT_EQ(word(task->status()), "failed");
  EXPECT_EQ(task->description, "cook the rocks");
  EXPECT_EQ(host.table.duration_of(*task), 3s);
  EXPECT_EQ(task->created_at, created);
  EXPECT_EQ(task->ended()->started_at, started);
  EXPECT_EQ(task->ended()->completed_at, completed);
  EXPECT_EQ(task->ended()->error, "no rocks");
  EXPECT_EQ(task->ended()->exit_code, 1);
  EXPECT_EQ(task->info.as_dict().find("shot")->as_text(), "sh010");
  EXPECT_EQ(task->queue, "render");
  EXPECT_EQ(task->priority, 3);
  EXPECT_EQ(task->attempt, 2);
  EXPECT_EQ(task->workflow, "rocks.json");
}

TEST(TaskTable, DurationsDoNotFollowAJumpOfTheWallClock) {
  TableHarness host;
  const TaskHandle task = host.submit("a");
  host.settle();
  host.clock.advance(5s);
  host.clock.set_wall_back(100h);
  EXPECT_EQ(host.table.duration_of(*task), 5s);
  host.end("a");
  EXPECT_EQ(task->ended()->duration, 5s);
}

TEST(TaskTable, RefusesWhatMakesNoSense) {
  TableHarness host;
  host.submit("a");
  EXPECT_THROW(host.submit("a"), std::invalid_argument);
  EXPECT_THROW(host.submit({.queue = "nowhere"}), std::invalid_argument);
  EXPECT_THROW(host.submit({.resources = {{"license", -1}}}), std::invalid_argument);
  EXPECT_EQ(host.table.all().size(), 1u);
}

TEST(TaskTable, NumbersItsTasks) {
  TableHarness host;
  EXPECT_EQ(host.submit(TaskRequest{})->id, "1");
  EXPECT_EQ(host.submit(TaskRequest{})->id, "2");
}

TEST(TaskTable, TheDefaultQueueIsAsWideAsTheMachine) {
  const TwoHandedClock clock;
  const TaskTable table(clock);
  EXPECT_EQ(table.planner().queues()[0].name, "default");
  EXPECT_EQ(table.planner().queues()[0].concurrency, std::max(1u, std::thread::hardware_concurrency()));
}

TEST(TaskTable, ListsItsTasksInOrderOfSubmission) {
  TableHarness host({.default_concurrency = 1});
  for (const char* id : {"b", "a", "c"}) host.submit(id);
  host.settle();
  host.end("b");
  EXPECT_THAT(ids(host.table), ElementsAre("b", "a", "c"));
  EXPECT_EQ(host.table.count(RunStatus::kCompleted), 1u);
  EXPECT_EQ(host.table.count(RunStatus::kRunning), 1u);
  EXPECT_EQ(host.table.count(RunStatus::kPending), 1u);
  EXPECT_EQ(host.table.find("nobody"), nullptr);
}

TEST(TaskTable, CancelsAPendingTask) {
  TableHarness host({.default_concurrency = 1});
  host.submit("a");
  const TaskHandle b = host.submit("b");
  host.settle();
  EXPECT_TRUE(host.table.cancel("b"));
  EXPECT_TRUE(host.table.cancel("b"));
  EXPECT_EQ(b->status(), RunStatus::kPending);
  EXPECT_EQ(host.table.why_waiting("b")->code, "cancelled");
  host.settle();
  ASSERT_EQ(b->status(), RunStatus::kCancelled);
  EXPECT_EQ(b->ended()->started_at, std::nullopt);
  EXPECT_EQ(b->ended()->duration, 0s);
  EXPECT_EQ(b->ended()->error, "it was cancelled before it started");
  EXPECT_FALSE(host.table.cancel("b"));
  EXPECT_FALSE(host.table.cancel("nobody"));
  host.end("a");
  EXPECT_EQ(host.scripts.count("b"), 0u);
}

TEST(TaskTable, CancelsARunningTask) {
  TableHarness host;
  const TaskHandle task = host.submit("a");
  host.settle();
  host.scripts["a"].ends_when_stopped = false;
  EXPECT_TRUE(host.table.cancel("a"));
  EXPECT_TRUE(host.table.cancel("a"));
  EXPECT_EQ(task->running()->stop, StopReason::kCancel);
  host.settle();
  EXPECT_EQ(task->status(), RunStatus::kRunning);
  EXPECT_THAT(host.scripts["a"].stops, ElementsAre(StopReason::kCancel));
  host.end("a", {.status = RunStatus::kCancelled});
  EXPECT_EQ(task->status(), RunStatus::kCancelled);
  EXPECT_EQ(task->ended()->error, "it was cancelled");
}

TEST(TaskTable, WorkThatMadeItToAnotherEndKeepsThat) {
  TableHarness host;
  const TaskHandle task = host.submit("a");
  host.settle();
  host.scripts["a"].ends_when_stopped = false;
  host.table.cancel("a");
  host.end("a", {.result = 1});
  EXPECT_EQ(task->status(), RunStatus::kCompleted);
}

TEST(TaskTable, CancelsAllThatAreActive) {
  TableHarness host({.default_concurrency = 2});
  for (const char* id : {"a", "b", "c", "d"}) host.submit(id);
  host.settle();
  host.end("a");
  EXPECT_EQ(host.table.cancel_all(), 3u);
  host.settle();
  EXPECT_EQ(host.table.count(RunStatus::kCompleted), 1u);
  EXPECT_EQ(host.table.count(RunStatus::kCancelled), 3u);
  EXPECT_EQ(host.table.cancel_all(), 0u);
}

TEST(TaskTable, ClearsWhatHasEnded) {
  TableHarness host({.default_concurrency = 3});
  for (const char* id : {"a", "b", "c", "d"}) host.submit(id);
  host.settle();
  const TaskHandle b = host.table.find("b");
  for (const char* id : {"a", "b"}) host.end(id);
  EXPECT_TRUE(host.table.clear("a"));
  EXPECT_FALSE(host.table.clear("a"));
  EXPECT_FALSE(host.table.clear("c"));
  EXPECT_EQ(host.table.clear_ended(), 1u);
  EXPECT_THAT(ids(host.table), ElementsAre("c", "d"));
  EXPECT_EQ(b->status(), RunStatus::kCompleted);  // a handle stays readable
}

TEST(TaskTable, PausesAndResumesAQueue) {
  TableHarness host({.default_concurrency = 1});
  const TaskHandle a = host.submit("a");
  const TaskHandle b = host.submit("b");
  host.settle();
  EXPECT_TRUE(host.table.set_paused("default", true));
  host.end("a");
  EXPECT_EQ(b->status(), RunStatus::kPending);
  EXPECT_EQ(host.table.why_waiting("b")->text, "queue 'default' is paused");
  EXPECT_TRUE(host.table.set_paused("default", false));
  host.settle();
  EXPECT_EQ(b->status(), RunStatus::kRunning);
  EXPECT_FALSE(host.table.set_paused("nowhere", true));
}

TEST(TaskTable, SaysWhyATaskIsNotRunning) {
  TableHarness host;
  host.table.set_queue("render", 4);
  host.table.set_resource("license.houdini", 2000);
  host.submit({.id = "261121-00001", .resources = {{"license.houdini", 1000}}});
  host.settle();
  host.submit({.id = "b", .queue = "render", .resources = {{"license.houdini", 2000}}});
  host.settle();
  EXPECT_EQ(host.table.why_waiting("b")->code, "resource");
  EXPECT_EQ(host.table.why_waiting("b")->text,
            "waits for license.houdini: needs 2, 1 of 2 free, held by 261121-00001");
  EXPECT_EQ(host.table.why_waiting("261121-00001"), std::nullopt);
  EXPECT_EQ(host.table.why_waiting("nobody"), std::nullopt);
  host.end("261121-00001");
  EXPECT_EQ(host.status("b"), RunStatus::kRunning);
  host.table.remove_resource("license.houdini");
  host.submit({.id = "c", .resources = {{"license.houdini", 1000}}});
  host.settle();
  EXPECT_EQ(host.table.why_waiting("c")->code, "no_such_resource");
  host.table.set_resource("license.houdini", 3000);
  host.settle();
  EXPECT_EQ(host.status("c"), RunStatus::kRunning);
}

TEST(TaskTable, LendsToRunningTasksInTheOrderOfAll) {
  TableHarness host({.default_concurrency = 4});
  host.table.set_resource("license", 2000);
  host.submit({.id = "a"});
  host.submit({.id = "b"});
  host.settle();
  std::vector<std::string> lent;
  const auto borrow = [&](const char* who, ResourceAmount amount) {
    return host.table.borrow({.borrower = who, .demands = {{"license", amount}}, .on_lent = [&lent, who] {
                                lent.emplace_back(who);
                              }});
  };
  const TaskKey first = borrow("a", 1000);
  host.settle();
  host.submit({.id = "c", .resources = {{"license", 2000}}});
  const TaskKey second = borrow("b", 1000);
  host.settle();
  EXPECT_EQ(lent, (std::vector<std::string>{"a"})) << "the rest is kept for the task that came before";
  EXPECT_EQ(host.status("c"), RunStatus::kPending);
  EXPECT_EQ(host.table.why_waiting("c")->text, "waits for license: needs 2, 1 of 2 free, held by a");
  EXPECT_THAT(host.table.why_borrower_waits("b")->text, testing::HasSubstr("kept for c"));
  EXPECT_EQ(host.table.why_borrower_waits("a"), std::nullopt);
  host.table.end_loan(first);
  host.settle();
  EXPECT_EQ(host.status("c"), RunStatus::kRunning);
  host.end("c");
  EXPECT_EQ(lent, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(host.table.planner().resources()[0].used, 1000);
  host.table.end_loan(second);
  host.table.end_loan(second);
  EXPECT_EQ(host.table.planner().resources()[0].used, 0);
  EXPECT_EQ(host.table.planner().queues().size(), 1u) << "loans are in no queue that anybody sees";
}

TEST(TaskTable, KeepsNothingFromBorrowersForATaskWithoutAPlaceInItsQueue) {
  TableHarness host({.default_concurrency = 2});
  host.table.set_resource("license", 1000);
  for (const char* id : {"a", "b"}) host.submit({.id = id});
  host.settle();
  host.submit({.id = "urgent", .priority = 1, .resources = {{"license", 1000}}});
  host.settle();
  ASSERT_EQ(host.status("urgent"), RunStatus::kPending);
  int lent = 0;
  for (const char* id : {"a", "b"})
    host.table.borrow({.borrower = id, .demands = {{"license", 1000}}, .on_lent = [&lent] { ++lent; }});
  host.settle();
  EXPECT_EQ(lent, 1);
}

TEST(TaskTable, LendsAlsoWhileNothingIsStartedAnyMore) {
  TableHarness host;
  host.table.set_resource("license", 1000);
  host.submit({.id = "a"});
  host.settle();
  host.table.hold();
  host.submit({.id = "b", .resources = {{"license", 1000}}});
  bool is_lent = false;
  host.table.borrow({.borrower = "a", .demands = {{"license", 1000}}, .on_lent = [&] { is_lent = true; }});
  host.settle();
  EXPECT_TRUE(is_lent);
  EXPECT_EQ(host.status("b"), RunStatus::kPending);
}

TEST(TaskTable, ShuttingDownInterruptsWhatRunsAndStartsNothing) {
  TableHarness host({.default_concurrency = 2});
  for (const char* id : {"a", "b", "c"}) host.submit({.id = id, .retries = 1});
  host.settle();
  host.scripts["b"].ends_when_stopped = false;
  host.table.shut_down();
  host.settle();
  const TaskHandle a = host.table.find("a");
  EXPECT_EQ(a->status(), RunStatus::kInterrupted);
  EXPECT_EQ(a->ended()->error, "the program that ran it was shut down");
  EXPECT_THAT(host.scripts["a"].stops, ElementsAre(StopReason::kShutdown));
  host.end("b");
  EXPECT_EQ(host.status("b"), RunStatus::kCompleted);
  host.submit("d");
  host.settle();
  EXPECT_EQ(host.status("c"), RunStatus::kPending);
  EXPECT_EQ(host.status("d"), RunStatus::kPending);
  EXPECT_EQ(host.table.why_waiting("c")->code, "shutting_down");
  EXPECT_EQ(host.table.next_deadline(), std::nullopt);
  host.table.cancel("c");
  host.settle();
  EXPECT_EQ(host.status("c"), RunStatus::kCancelled);
}

TEST(TaskTable, HoldingLetsWhatRunsGoOnAndStartsNothing) {
  TableHarness host({.default_concurrency = 1});
  host.submit("a");
  host.submit("b");
  host.settle();
  host.table.hold();
  host.settle();
  EXPECT_EQ(host.status("a"), RunStatus::kRunning);
  EXPECT_TRUE(host.scripts["a"].stops.empty());
  host.end("a");
  EXPECT_EQ(host.status("a"), RunStatus::kCompleted);
  EXPECT_EQ(host.status("b"), RunStatus::kPending);
}

TEST(TaskTable, AQueueThatIsEmptyCanBeRemoved) {
  TableHarness host;
  host.table.set_queue("render", 1);
  host.submit({.id = "a", .queue = "render"});
  EXPECT_FALSE(host.table.remove_queue("render"));
  host.table.cancel("a");
  host.settle();
  EXPECT_TRUE(host.table.remove_queue("render"));
  EXPECT_FALSE(host.table.remove_queue("nowhere"));
  EXPECT_THROW(host.submit({.queue = "render"}), std::invalid_argument);
}

TEST(TaskTable, DestroyingItEndsAllWorkAndCallsNothingBack) {
  TwoHandedClock clock;
  std::map<std::string, Script> scripts;
  std::vector<std::string> told;
  std::function<void()> late_wake;
  TaskHandle running, pending;
  int wakes = 0;
  {
    TaskTable table(clock, {.default_concurrency = 1,
                            .on_changed = [&told](const TaskHandle& task) { told.push_back(task->id); }});
    table.set_wake([&wakes] { ++wakes; });
    auto on_ended = [&told](const TaskHandle& task) { told.push_back("ended " + task->id); };
    auto make_work = [&scripts](const TaskRecord& task) {
      return std::make_unique<ScriptedWork>(scripts[task.id]);
    };
    running = table.submit({.id = "a", .on_ended = on_ended}, make_work);
    pending = table.submit({.id = "b", .on_ended = on_ended}, make_work);
    table.step();
    late_wake = scripts["a"].wake;
    clock.advance(7s);
    told.clear();
  }
  late_wake();
  EXPECT_EQ(wakes, 0);
  EXPECT_TRUE(told.empty());
  ASSERT_EQ(running->status(), RunStatus::kInterrupted);
  EXPECT_EQ(running->ended()->duration, 7s);
  EXPECT_EQ(pending->status(), RunStatus::kInterrupted);
  EXPECT_EQ(pending->ended()->started_at, std::nullopt);
}

TEST(TaskTable, WaitsForATaskWhereThereIsNoLoop) {
  SystemClock clock;
  WorkerPool workers(1);
  TaskTable table(clock);
  const TaskHandle task = table.submit({}, callable_on(workers, [] { return Value(7); }));
  table.wait(task);
  ASSERT_EQ(task->status(), RunStatus::kCompleted);
  EXPECT_EQ(task->ended()->result.as_int(), 7);
  table.wait(task);
}

TEST(TaskTable, WaitingForATaskThatNothingLetsStartReturns) {
  SystemClock clock;
  TaskTable table(clock);
  const TaskHandle stuck = table.submit({.resources = {{"maya", 1}}}, callable([] { return Value(); }));
  table.wait(stuck);
  EXPECT_EQ(stuck->status(), RunStatus::kPending);
  table.set_resource("maya", 1);
  table.wait(stuck);
  EXPECT_EQ(stuck->status(), RunStatus::kCompleted);
}

TEST(TaskTable, WaitingIncludesTimeouts) {
  SystemClock clock;
  std::atomic<bool> is_released = false;
  WorkerPool workers(1);
  TaskTable table(clock);
  const TaskHandle task = table.submit({.timeout = 10ms}, callable_on(workers, [&is_released] {
                                         is_released.wait(false);
                                         return Value();
                                       }));
  table.wait(task);
  EXPECT_EQ(task->status(), RunStatus::kTimeout);
  is_released = true;
  is_released.notify_all();
}

}  // namespace
}  // namespace vnode::test
