// Rule 41: pauses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/workflow_writer.h"
#include "support/fake_runtime.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

/// As far as it comes without more time.
void step_all(RunHarness& run) {
  do run.get().poll();
  while (run.get().has_ready());
}

void pause_run(RunHarness& run, RunPause how = RunPause::kHold) {
  run.get().pause(how);
  step_all(run);
}

void unpause_run(RunHarness& run) { pause_run(run, RunPause::kNone); }

void pass_time(RunHarness& run, Duration time) {
  run.clock().advance(time);
  step_all(run);
}

std::vector<std::string> started_nodes(RunHarness& run) { return run.sink().only({"started"}); }

/// `a` sleeps, then `end` follows.
WorkflowBuilder sleeping_node(double seconds, Dict limits = {}) {
  WorkflowBuilder w;
  Dict parameters = {{"delay", seconds}};
  if (!limits.empty()) parameters.set("__vnode__", Value(std::move(limits)));
  w.node("a", "delay_timer", std::move(parameters)).node("end", "test_pass").exec("a", "end");
  return w;
}

TEST(Pauses, HoldWhatWouldStartAndLetGoOnWhatIsAtWork) {
  RunHarness run(sleeping_node(10));
  step_all(run);
  pause_run(run);
  pass_time(run, 10s);
  EXPECT_THAT(started_nodes(run), ElementsAre("started a start"));
  EXPECT_THAT(run.sink().only({"output a exec_out"}), ElementsAre("output a exec_out=True")) << "it went on";
  EXPECT_FALSE(run.get().next_deadline());
  pass_time(run, 3s);
  unpause_run(run);
  EXPECT_THAT(run.sink().only({"started", "paused", "unpaused"}),
              ElementsAre("started a start", "paused", "unpaused after 13", "started end exec"));
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted);
}

TEST(Pauses, BeforeTheFirstStepHoldEverythingInItsOrder) {
  WorkflowBuilder w;
  for (const char* name : {"a", "b", "c"}) w.node(name, "test_pass");
  w.node("end", "test_pass").exec("a", "end").exec("b", "end").exec("c", "end");
  RunHarness run(w);
  pause_run(run);
  EXPECT_THAT(run.sink().lines, ElementsAre("execution_started flow", "paused"));
  unpause_run(run);
  RunHarness other(w);
  other.run();
  EXPECT_EQ(run.trace(), other.trace());
}

TEST(Pauses, AskedForInTheMiddleOfAStepHoldTheNextNode) {
  auto runtime = std::make_shared<FakeRuntime>();
  Registry registry = test_registry();
  registry.add(fake_runtime_type("foreign", runtime));
  vnode::Run* paused = nullptr;
  runtime->behaviours["foreign"].code = [&paused](FakeRuntime&, NodeContext& node, InstanceKey) {
    paused->pause(RunPause::kHold);
    return [](NodeContext& self) -> Task<Outputs> {
      co_await self.fire("exec_out");
      co_return Outputs{};
    }(node);
  };
  WorkflowBuilder w;
  w.node("a", "foreign").node("b", "test_pass").exec("a", "b");
  w.node("c", "test_pass").node("d", "test_pass").exec("c", "d");
  RunHarness run(w, {}, registry);
  paused = &run.get();
  for (int i = 0; i < 2; ++i) run.get().poll();
  EXPECT_THAT(started_nodes(run), ElementsAre("started a start"));
  // Nobody is forgotten who came to the gate before the pause was told.
  unpause_run(run);
  EXPECT_THAT(started_nodes(run),
              ElementsAre("started a start", "started b exec", "started c start", "started d exec"));
  EXPECT_EQ(run.outcome().exit_code, 0);
}

TEST(Pauses, TakenBackBeforeTheyAreToldLoseNobody) {
  WorkflowBuilder w;
  w.node("a", "test_yield", {{"times", 1}}).node("b", "test_pass").exec("a", "b");
  struct PausingSink final : EventSink {
    vnode::Run* run = nullptr;
    std::size_t paused = 0, started = 0;
    void on_event(const Event& event) override {
      if (std::holds_alternative<NodeOutput>(event.body)) run->pause(RunPause::kHold);
      started += std::holds_alternative<NodeStarted>(event.body);
      paused += std::holds_alternative<ExecutionPaused>(event.body);
    }
  };
  Problems problems;
  FakeClock clock;
  WorkerPool workers(1);
  HttpClient http;
  PausingSink sink;
  vnode::Run run(Plan::make(w.workflow(), test_registry(), problems), {clock, workers, http}, sink,
                 {.run_id = "x"});
  sink.run = &run;
  for (int i = 0; i < 20 && !run.poll(); ++i) run.pause(RunPause::kNone);
  EXPECT_TRUE(run.finished());
  EXPECT_EQ(sink.started, 2u);
  EXPECT_EQ(sink.paused, 0u);
}

TEST(Pauses, HoldWhoHasPulledWhatIsAtWork) {
  WorkflowBuilder w;
  w.node("slow", "test_slow_value", {{"in", 1}}).node("a", "test_pass").node("end", "test_pass");
  w.data("slow.value", "a.in").exec("a", "end");
  RunHarness run(w);
  step_all(run);
  pause_run(run);
  pass_time(run, 10s);
  EXPECT_THAT(run.sink().only({"started", "finished"}),
              ElementsAre("started slow start", "finished slow success"));
  unpause_run(run);
  EXPECT_THAT(started_nodes(run), ElementsAre("started slow start", "started a start", "started end exec"));
}

TEST(Pauses, HoldLoopsGroupsAndBypassedNodes) {
  WorkflowBuilder inner;
  inner.node("x", "test_pass").node("y", "test_pass").exec("x", "y");
  WorkflowBuilder w;
  w.node("loop", "For Each", {{"collection", Value::list({1, 2})}})
      .node("group", "group_node", {{"__workflow__", workflow_document(inner.workflow())}})
      .node("skip", "test_pass")
      .node("end", "test_pass");
  w.bypassed("skip").exec("loop.each_item", "group").exec("group", "skip").exec("skip", "end");
  RunHarness other(w);
  other.run();
  // One node a time: each of them waits for the next opening of the gate.
  RunHarness run(w);
  pause_run(run);
  std::size_t openings = 0;
  for (; !run.get().finished() && openings < 100; ++openings) {
    const std::size_t before = started_nodes(run).size();
    run.get().pause(RunPause::kNone);
    run.get().poll();
    pause_run(run);
    const std::size_t started = started_nodes(run).size();
    step_all(run);
    EXPECT_EQ(started_nodes(run).size(), started) << "while it is paused";
    EXPECT_GE(started, before);
  }
  EXPECT_GT(openings, 2u);
  EXPECT_EQ(run.trace(), other.trace());
}

TEST(Pauses, StandStillForTheTimeoutsOfNodes) {
  for (const char* limit : {"timeout", "idle_timeout"}) {
    RunHarness run(sleeping_node(1000, {{limit, "5s"}}));
    step_all(run);
    pass_time(run, 3s);
    pause_run(run);
    EXPECT_GT(*run.get().next_deadline() - run.clock().steady_now(), Duration(900s)) << "the timer's alone";
    pass_time(run, 100s);
    unpause_run(run);
    EXPECT_EQ(*run.get().next_deadline() - run.clock().steady_now(), Duration(2s)) << limit;
    pass_time(run, 1900ms);
    EXPECT_FALSE(run.get().finished()) << limit;
    pass_time(run, 100ms);
    EXPECT_TRUE(run.sink().has("finished a timeout")) << limit;
  }
}

TEST(Pauses, StandStillForWhatBeginsToCountInOne) {
  // A push that ends during the pause: the pusher's own time goes on with the run.
  WorkflowBuilder w;
  w.node("loop", "For Each",
         {{"collection", Value::list({1})}, {"__vnode__", Value(Dict{{"timeout", "15s"}})}})
      .node("slow", "delay_timer", {{"delay", 10}})
      .node("end", "test_pass");
  w.exec("loop.each_item", "slow").exec("loop.exec_on_finished", "end");
  RunHarness run(w);
  step_all(run);
  pass_time(run, 4s);
  pause_run(run);
  pass_time(run, 3600s);
  unpause_run(run);
  step_all(run);
  EXPECT_TRUE(run.sink().has("finished loop success"));
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted);
}

TEST(Pauses, StandStillForTheTimeoutOfTheRun) {
  RunHarness run(sleeping_node(1000), {.timeout = 5s});
  step_all(run);
  pass_time(run, 3s);
  pause_run(run);
  pass_time(run, 100s);
  EXPECT_FALSE(run.get().finished());
  unpause_run(run);
  EXPECT_EQ(*run.get().next_deadline() - run.clock().steady_now(), Duration(2s));
  pass_time(run, 2s);
  EXPECT_EQ(run.outcome().status, RunStatus::kTimeout);
}

TEST(Pauses, HoldTheNextTry) {
  WorkflowBuilder w;
  w.node("a", "test_fail_times",
         {{"times", 1}, {"__vnode__", Value(Dict{{"retries", 1}, {"backoff", "1s"}})}})
      .node("end", "test_pass")
      .exec("a", "end");
  RunHarness run(w);
  step_all(run);
  pause_run(run);
  pass_time(run, 60s);
  EXPECT_EQ(started_nodes(run).size(), 1u);
  RunHarness stopped(w);
  step_all(stopped);
  pause_run(stopped);
  pass_time(stopped, 60s);
  unpause_run(run);
  EXPECT_THAT(started_nodes(run), ElementsAre("started a start", "started a start", "started end exec"));
  stopped.get().stop(StopReason::kCancel);
  step_all(stopped);
  EXPECT_EQ(stopped.sink().count("finished a cancelled"), 1u);
  EXPECT_TRUE(stopped.get().finished());
}

TEST(Pauses, EndWithAStop) {
  RunHarness run(sleeping_node(10));
  step_all(run);
  pause_run(run);
  pass_time(run, 10s);
  run.get().stop(StopReason::kCancel);
  step_all(run);
  EXPECT_THAT(run.sink().only({"started", "finished", "unpaused", "execution_finished"}),
              ElementsAre("started a start", "unpaused after 10", "finished a cancelled",
                          "execution_finished cancelled 130"));
}

/// One `foreign` node whose code waits for the test's reply.
class PausesOfRuntimes : public testing::Test {
 protected:
  PausesOfRuntimes() : registry_(test_registry()) {
    registry_.add(fake_runtime_type("foreign", runtime_));
    runtime_->waitings["reply"];
    runtime_->behaviours["foreign"].code = [](FakeRuntime& runtime, NodeContext& node, InstanceKey) {
      return [](FakeRuntime& own, NodeContext& self) -> Task<Outputs> {
        co_await own.waitings["reply"].wait(false);
        co_await self.fire("exec_out");
        co_return Outputs{};
      }(runtime, node);
    };
    workflow_.node("a", "foreign").node("end", "test_pass").exec("a", "end");
  }
  std::vector<std::string> told() {
    std::vector<std::string> calls;
    for (const std::string& call : runtime_->calls) {
      if (!call.starts_with("wire") && !call.starts_with("execute")) calls.push_back(call);
    }
    return calls;
  }

  std::shared_ptr<FakeRuntime> runtime_ = std::make_shared<FakeRuntime>();
  Registry registry_;
  WorkflowBuilder workflow_;
};

TEST_F(PausesOfRuntimes, StopTheirProcessesOnlyWhereThatIsAskedFor) {
  RunHarness run(workflow_, {}, registry_);
  step_all(run);
  pause_run(run);
  EXPECT_THAT(told(), IsEmpty());
  pause_run(run, RunPause::kStop);
  pause_run(run, RunPause::kStop);
  EXPECT_THAT(told(), ElementsAre("freeze"));
  pause_run(run, RunPause::kHold);
  EXPECT_THAT(told(), ElementsAre("freeze", "thaw"));
  EXPECT_THAT(run.sink().only({"paused", "unpaused"}),
              ElementsAre("paused", "paused with processes", "paused"));
  unpause_run(run);
  runtime_->waitings["reply"].reply();
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
}

TEST_F(PausesOfRuntimes, LetSourcesBePulledAgainThatWereInvalidatedMeanwhile) {
  runtime_->behaviours["foreign"].code = [](FakeRuntime& runtime, NodeContext& node, InstanceKey) {
    return [](FakeRuntime& own, NodeContext& self) -> Task<Outputs> {
      co_await own.waitings["reply"].wait(false);
      co_await self.set_output("out", 7);
      co_return Outputs{{"out", 7}};
    }(runtime, node);
  };
  WorkflowBuilder w;
  w.node("first", "test_pass").node("a", "foreign").exec("first", "a");
  w.node("slow", "test_slow_value").node("b", "test_pass").node("end", "test_pass");
  w.data("a.out", "slow.in").data("slow.value", "b.in").exec("b", "end");
  RunHarness run(w, {}, registry_);
  step_all(run);
  pause_run(run);
  pass_time(run, 10s);
  runtime_->waitings["reply"].reply();
  step_all(run);
  EXPECT_TRUE(run.sink().has("finished a success"));
  unpause_run(run);
  run.run();
  EXPECT_THAT(started_nodes(run), ElementsAre("started first start", "started a exec", "started slow start",
                                              "started slow pull", "started b start", "started end exec"));
  EXPECT_EQ(run.result("b", "out"), "7");
}

TEST_F(PausesOfRuntimes, HoldWhatIsDoneAgainSinceItWasCutOff) {
  runtime_->behaviours["foreign"].code = [](FakeRuntime& runtime, NodeContext& node, InstanceKey) {
    return [](FakeRuntime& own, NodeContext&) -> Task<Outputs> {
      const bool is_first = !own.waitings["reply"].replied;
      co_await own.waitings["reply"].wait(false);
      if (is_first) throw NodeFailure("ended for another one", std::string(kHostEndedFailure));
      co_return Outputs{};
    }(runtime, node);
  };
  WorkflowBuilder w;
  w.node("a", "foreign");
  RunHarness run(w, {}, registry_);
  step_all(run);
  pause_run(run);
  runtime_->waitings["reply"].reply();
  step_all(run);
  EXPECT_THAT(run.sink().only({"started", "finished"}), ElementsAre("started a layer", "finished a retried"));
  unpause_run(run);
  runtime_->waitings["reply"].reply();
  run.run();
  EXPECT_THAT(run.sink().only({"started"}), ElementsAre("started a layer", "started a layer"));
}

TEST_F(PausesOfRuntimes, AreThereForSessionsThatAreOpenedLater) {
  RunHarness run(workflow_, {}, registry_);
  pause_run(run, RunPause::kStop);
  EXPECT_THAT(told(), ElementsAre("freeze"));
  unpause_run(run);
  EXPECT_THAT(told(), ElementsAre("freeze", "thaw"));
  runtime_->waitings["reply"].reply();
  run.run();
}

TEST_F(PausesOfRuntimes, TellThemToEndBeforeTheyGoOn) {
  RunHarness run(workflow_, {}, registry_);
  step_all(run);
  pause_run(run, RunPause::kStop);
  run.get().stop(StopReason::kCancel);
  run.get().poll();
  EXPECT_THAT(told(), ElementsAre("freeze", "stop", "thaw"));
  runtime_->waitings["reply"].reply();
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kCancelled);
}

}  // namespace
}  // namespace vnode::test
