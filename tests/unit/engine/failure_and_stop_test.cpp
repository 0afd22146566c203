// Rules 21 to 24.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

TEST(Failure, FailsTheNodeOnly) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("bad", "test_fail").node("behind", "test_pass").node("other", "test_pass");
  w.exec("a", "bad").exec("bad", "behind").exec("a", "other");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(
      run.sink().only({"started", "finished", "error"}),
      ElementsAre("started a start", "started bad exec", "error bad \"it failed\"", "finished bad failed",
                  "started other exec", "finished other success", "finished a success"));
}

TEST(Failure, AHookFailsItsOwnNode) {
  WorkflowBuilder w;
  w.node("a", "test_pass", {{"in", 1}}).node("b", "test_pass").node("hook", "test_hook_fail");
  w.exec("a", "b").data("a.out", "hook.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("error hook \"the hook failed\""), 1u);
  EXPECT_EQ(run.sink().count("finished a success"), 1u);
  EXPECT_EQ(run.outcome().exit_code, 1);
}

TEST(Failure, ErrorLogsStopNothing) {
  WorkflowBuilder w;
  w.node("loop", "For Each", {{"collection", 5}})
      .node("end", "test_pass")
      .exec("loop.exec_on_finished", "end");
  RunHarness run(w);
  run.run();
  EXPECT_FALSE(run.sink().only({"log loop error"}).empty());
  EXPECT_EQ(run.sink().count("finished end success"), 1u);
}

/// A loop over a number, which logs an error, and one node behind it; `settings` are its own.
WorkflowBuilder logs_an_error(Dict settings = {}) {
  WorkflowBuilder w;
  Dict parameters = {{"collection", 5}};
  if (!settings.empty()) parameters.set("__vnode__", Value(std::move(settings)));
  w.node("loop", "For Each", std::move(parameters)).node("end", "test_pass");
  w.exec("loop.exec_on_finished", "end");
  return w;
}

TEST(LoggedErrors, FailTheRun) {
  RunHarness run(logs_an_error());
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kFailed);
  EXPECT_EQ(run.outcome().exit_code, 1);
  EXPECT_EQ(run.outcome().nodes.succeeded, 2u);
  EXPECT_EQ(run.outcome().nodes.with_errors, 1u);
  EXPECT_EQ(run.outcome().error, "1 error was logged: For Each (" + numbered_id(1).text() +
                                     "): Cannot loop over a value of type int");
}

TEST(LoggedErrors, AreCountedWithTheFirst) {
  WorkflowBuilder w;
  w.node("a", "For Each", {{"collection", 5}}).node("b", "For Each", {{"collection", true}});
  w.exec("a.exec_on_finished", "b").exec("b.exec_on_finished", "a");
  w.node("each", "For Each", {{"collection", "ab"}}).exec("each.each_item", "a");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().nodes.with_errors, 2u) << "instances, however often they have logged";
  EXPECT_THAT(run.outcome().error, testing::StartsWith("4 errors were logged, the first: For Each ("));
}

TEST(LoggedErrors, AreOnlyReportedWhereThatIsAskedFor) {
  RunHarness run(logs_an_error(), {.logged_errors = LoggedErrors::kReport});
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted);
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_EQ(run.outcome().error, "");
  EXPECT_EQ(run.outcome().nodes.with_errors, 1u);
}

TEST(LoggedErrors, AreNoFailureOfAnInstanceThatSaysSo) {
  RunHarness run(logs_an_error({{"error_logs", "report"}}));
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_EQ(run.outcome().error, "");
  EXPECT_EQ(run.outcome().nodes.with_errors, 1u);
  EXPECT_FALSE(run.sink().only({"log loop error"}).empty()) << "it is in the stream all the same";
}

TEST(LoggedErrors, AreAFailureOfAnInstanceThatSaysSoAgainstItsDefinition) {
  NodeLibrary library;
  library.add({.definition = {.node_id = "test_grumble", .reports_error_logs = true},
               .compute = [](NodeCall& call) -> Outputs {
                 call.log_error("well");
                 return {};
               }});
  Registry registry = test_registry();
  registry.add_library(library);
  for (const char* setting : {"", "fail"}) {
    WorkflowBuilder w;
    w.node("a", "test_grumble", {{"__vnode__", Value(*setting ? Dict{{"error_logs", setting}} : Dict())}});
    RunHarness run(w, {}, registry);
    run.run();
    EXPECT_EQ(run.outcome().exit_code, *setting ? 1 : 0) << setting;
    EXPECT_EQ(run.outcome().nodes.with_errors, 1u) << setting;
  }
}

TEST(LoggedErrors, StandBesideAFailure) {
  WorkflowBuilder w = logs_an_error();
  w.node("bad", "test_fail").exec("end", "bad");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.outcome().error, testing::HasSubstr("it failed (and 1 error was logged: For Each ("));
}

TEST(LoggedErrors, OfAWorkerThreadCount) {
  NodeLibrary library;
  library.add({.definition = {.node_id = "test_grumble"},
               .compute = [](NodeCall& call) -> Outputs {
                 call.log_error("well");
                 return {};
               },
               .blocking = true});
  Registry registry = test_registry();
  registry.add_library(library);
  WorkflowBuilder w;
  w.node("a", "test_grumble");
  RunHarness run(w, {}, registry);
  run.get().run_to_end();
  EXPECT_EQ(run.outcome().nodes.with_errors, 1u);
  EXPECT_EQ(run.outcome().exit_code, 1);
}

TEST(Failure, OneFailureFailsTheRun) {
  WorkflowBuilder w;
  w.node("a", "test_fail").node("b", "test_pass");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kFailed);
  EXPECT_EQ(run.outcome().nodes.succeeded, 1u);
  EXPECT_EQ(run.outcome().nodes.failed, 1u);
}

TEST(Failure, AFailureInALoopCounts) {
  WorkflowBuilder w;
  w.node("loop", "For Each", {{"collection", Value::list({1, 2})}}).node("body", "test_fail_once");
  w.exec("loop.each_item", "body");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().nodes.succeeded, 2u);
  EXPECT_EQ(run.outcome().exit_code, 1);
}

TEST(Stop, CancelsSuspendedNodes) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("wait", "delay_timer", {{"delay", 100.0}}).node("behind", "test_pass");
  w.exec("a", "wait").exec("wait", "behind");
  RunHarness run(w);
  run.get().poll();
  run.get().poll();
  run.get().stop(StopReason::kCancel);
  run.run();
  EXPECT_THAT(
      run.sink().only({"finished", "execution_finished"}),
      ElementsAre("finished wait cancelled", "finished a cancelled", "execution_finished cancelled 130"));
}

TEST(Stop, NothingNewStarts) {
  WorkflowBuilder w;
  w.node("a", "test_yield", {{"times", 5}}).node("b", "test_pass").exec("a", "b");
  RunHarness run(w);
  run.get().poll();
  run.get().poll();
  run.get().stop(StopReason::kTerminate);
  run.run();
  EXPECT_EQ(run.sink().count("started b exec"), 0u);
  EXPECT_EQ(run.outcome().exit_code, 143);
}

TEST(Stop, EveryStartedNodeFinishes) {
  WorkflowBuilder w;
  for (int i = 0; i < 5; ++i) {
    const std::string n = std::to_string(i);
    w.node("a" + n, "test_pass").node("w" + n, "delay_timer", {{"delay", 1.0 + i}}).exec("a" + n, "w" + n);
  }
  w.node("shared", "test_yield", {{"times", 1}});
  for (int i = 0; i < 5; ++i) w.exec("w" + std::to_string(i), "shared");
  RunHarness run(w);
  for (int i = 0; i < 3; ++i) run.get().poll();
  run.get().stop(StopReason::kCancel);
  run.run();
  EXPECT_EQ(run.sink().only({"started"}).size(), run.sink().only({"finished"}).size());
}

TEST(Stop, TimeoutEndsAChainThatNeverYields) {
  // The clock moves as nodes run; the chain itself never gives way.
  Registry registry = test_registry();
  static FakeClock* clock = nullptr;
  NodeLibrary library;
  library.add({.definition = {.node_id = "test_tick", .inputs = {{"in"}}, .outputs = {{"out"}}},
               .compute = [](NodeCall&) -> Outputs {
                 clock->advance(1s);
                 return {};
               }});
  registry.add_library(library);
  WorkflowBuilder w;
  w.node("n0", "test_tick");
  for (int i = 1; i < 50; ++i) {
    w.node("n" + std::to_string(i), "test_tick").exec("n" + std::to_string(i - 1), "n" + std::to_string(i));
  }
  RunHarness run(w, {.timeout = 10s}, registry);
  clock = &run.clock();
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kTimeout);
  EXPECT_EQ(run.outcome().exit_code, 124);
  EXPECT_EQ(run.sink().only({"started"}).size(), 10u);
  EXPECT_EQ(run.sink().only({"finished"}).size(), 10u);
}

TEST(Stop, TimeoutEndsASleep) {
  WorkflowBuilder w;
  w.node("wait", "delay_timer", {{"delay", 100.0}});
  RunHarness run(w, {.timeout = 2s});
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kTimeout);
  EXPECT_EQ(run.outcome().duration, Duration(2s));
}

TEST(Stop, FailFastStopsTheRun) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("bad", "test_fail").node("other", "test_pass").node("sleeper", "delay_timer");
  w.node("s", "test_pass").exec("s", "sleeper").exec("a", "bad").exec("a", "other");
  RunHarness run(w, {.fail_fast = true});
  run.run();
  EXPECT_EQ(run.sink().count("started other exec"), 0u);
  EXPECT_EQ(run.outcome().status, RunStatus::kFailed);
  EXPECT_EQ(run.outcome().exit_code, 1);
}

TEST(Stop, FromTheSinkEndsTheRun) {
  // A sink may stop the run it listens to.
  struct StoppingSink final : EventSink {
    vnode::Run* run = nullptr;
    std::size_t finished = 0;
    void on_event(const Event& event) override {
      if (std::holds_alternative<NodeStarted>(event.body)) run->stop(StopReason::kCancel);
      finished += std::holds_alternative<ExecutionFinished>(event.body);
    }
  };
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").exec("a", "b");
  Problems problems;
  auto plan = Plan::make(w.workflow(), test_registry(), problems);
  FakeClock clock;
  WorkerPool workers(1);
  HttpClient http;
  StoppingSink sink;
  vnode::Run run(plan, {clock, workers, http}, sink, {.run_id = "x"});
  sink.run = &run;
  run.run_to_end();
  EXPECT_EQ(sink.finished, 1u);
  EXPECT_EQ(run.outcome().status, RunStatus::kCancelled);
}

TEST(Stop, DestroyingARunEndsItFirst) {
  WorkflowBuilder w;
  w.node("wait", "delay_timer", {{"delay", 100.0}});
  RunHarness run(w);
  run.get().poll();
}

}  // namespace
}  // namespace vnode::test
