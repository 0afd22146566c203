// Nodes that a runtime executes: rules 2, 11, 15, 24 and 28 where code runs elsewhere.
#include "engine/runtimes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/descriptor_room.h"
#include "support/fake_runtime.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// Two types: `foreign` and `other`, executed by one fake runtime.
class RuntimeNodes : public testing::Test {
 protected:
  RuntimeNodes() : registry_(test_registry()) {
    for (const char* id : {"foreign", "other"}) registry_.add(fake_runtime_type(id, runtime_));
    runtime_->behaviours["foreign"].code = push_and_fire;
    runtime_->behaviours["other"].code = push_and_fire;
  }

  static Task<Outputs> push_and_fire(FakeRuntime&, NodeContext& node, InstanceKey) {
    co_await node.set_output("out", 1);
    co_await node.fire("exec_out");
    co_return Outputs{{"out", 1}};
  }
  /// Waits for the test's reply first, holding the run's other chains or not.
  static FakeRuntime::Code waiting_code(bool holds) {
    return [holds](FakeRuntime& runtime, NodeContext& node, InstanceKey) {
      return wait_and_fire(runtime, node, holds);
    };
  }
  static Task<Outputs> wait_and_fire(FakeRuntime& runtime, NodeContext& node, bool holds) {
    co_await runtime.waitings["reply"].wait(holds);
    co_await node.fire("exec_out");
    co_return Outputs{};
  }

  std::shared_ptr<FakeRuntime> runtime_ = std::make_shared<FakeRuntime>();
  Registry registry_;
};

TEST_F(RuntimeNodes, RunLikeNativeOnes) {
  WorkflowBuilder w;
  w.node("a", "foreign").node("b", "test_pass").exec("a", "b").data("a.out", "b.in");
  RunHarness run(w, {}, registry_);
  run.run();
  EXPECT_THAT(run.trace(),
              ElementsAre("started a start", "output a out=1", "output a exec_out=True", "started b exec",
                          "output b out=1", "output b exec_out=True", "output b out=1", "finished b success",
                          "output a out=1", "finished a success"));
  EXPECT_THAT(runtime_->calls, ElementsAre("wire 1 exec_out! out", "execute 1", "close"));
}

TEST_F(RuntimeNodes, TellOfWiresToPortsThatTheirInstancesDoNotHave) {
  runtime_->behaviours["foreign"].further_outputs = {{"more"}};
  WorkflowBuilder w;
  w.node("a", "foreign").node("b", "test_pass").node("c", "other").exec("a", "b").exec("b", "c");
  w.data("a.more", "b.in").data("a.nothing", "c.in").data("b.out", "c.nowhere");
  RunHarness run(w, {}, registry_);
  run.run();
  const std::vector<std::string> logs = run.sink().only({"log"});
  ASSERT_EQ(logs.size(), 2u);
  EXPECT_THAT(logs[0], AllOf(testing::StartsWith("log a warning"), HasSubstr("has no output \"nothing\"")));
  EXPECT_THAT(logs[1], AllOf(testing::StartsWith("log c warning"), HasSubstr("has no input \"nowhere\"")));
}

TEST_F(RuntimeNodes, HoldTheOtherChainsWhileTheirCodeRuns) {
  runtime_->waitings["reply"];
  runtime_->behaviours["foreign"].code = waiting_code(true);
  WorkflowBuilder w;
  w.node("a", "foreign").node("end", "test_pass").exec("a", "end");
  w.node("b", "test_pass").node("c", "test_pass").exec("b", "c");
  RunHarness run(w, {}, registry_);
  for (int i = 0; i < 3; ++i) run.get().poll();
  EXPECT_THAT(run.trace(), ElementsAre("started a start"));
  EXPECT_FALSE(run.get().has_ready());
  EXPECT_FALSE(run.get().next_deadline());
  runtime_->waitings["reply"].reply();
  run.run();
  EXPECT_EQ(run.trace()[1], "output a exec_out=True") << "it goes on before the others get their turn";
  EXPECT_EQ(run.outcome().exit_code, 0);
}

TEST_F(RuntimeNodes, LetTheOthersGoOnOnceTheyGiveWay) {
  runtime_->waitings["reply"];
  runtime_->behaviours["foreign"].code = waiting_code(false);
  WorkflowBuilder w;
  w.node("a", "foreign").node("end", "test_pass").exec("a", "end");
  w.node("b", "test_pass").node("c", "test_pass").exec("b", "c");
  RunHarness run(w, {}, registry_);
  for (int i = 0; i < 3; ++i) run.get().poll();
  EXPECT_TRUE(run.sink().has("finished c success"));
  runtime_->waitings["reply"].reply();
  run.run();
  EXPECT_TRUE(run.sink().has("finished end success"));
}

TEST_F(RuntimeNodes, HaveThePortsThatTheirInstancesTurnOutToHave) {
  runtime_->behaviours["foreign"].further_outputs = {{"late"}};
  runtime_->behaviours["foreign"].code = [](FakeRuntime&, NodeContext& node, InstanceKey) -> Task<Outputs> {
    co_await node.set_output("late", 5);
    co_await node.fire("exec_out");
    co_return Outputs{};
  };
  WorkflowBuilder w;
  w.node("a", "foreign").node("b", "test_pass").exec("a", "b").data("a.late", "b.in");
  RunHarness run(w, {}, registry_);
  run.run();
  EXPECT_TRUE(run.sink().has("output a late=5"));
  EXPECT_EQ(run.result("b", "out"), "5");
}

TEST_F(RuntimeNodes, AreToldWhenTheirTimeIsOver) {
  runtime_->waitings["reply"];
  runtime_->behaviours["foreign"].code = waiting_code(false);
  for (const bool is_general : {false, true}) {
    runtime_->calls.clear();
    runtime_->waitings["reply"].replied = false;
    WorkflowBuilder w;
    w.node("a", "foreign").node("b", "test_pass").exec("a", "b");
    RunOptions options;
    (is_general ? options.default_limits : options.limits).timeout = std::chrono::seconds(5);
    RunHarness run(w, std::move(options), registry_);
    run.get().poll();
    run.clock().advance(std::chrono::seconds(5));
    for (int i = 0; i < 3; ++i) run.get().poll();
    EXPECT_THAT(runtime_->calls, Contains("cancel 1"));
    EXPECT_FALSE(run.get().finished()) << "it goes on until it has given way";
    runtime_->waitings["reply"].reply();
    run.run();
    EXPECT_TRUE(run.sink().has("finished a timeout"));
    EXPECT_EQ(run.outcome().status, RunStatus::kFailed);
  }
}

/// Is cut off by others the first time, having pushed something before or not.
FakeRuntime::Code cut_off_once(std::string pushed_port, std::shared_ptr<int> times) {
  return [pushed_port, times](FakeRuntime&, NodeContext& node, InstanceKey) {
    return [](NodeContext& context, std::string port, std::shared_ptr<int> done) -> Task<Outputs> {
      if (!port.empty()) co_await context.set_output(port, ++*done);
      if (port.empty()) ++*done;
      context.log_error("not yet");
      if (*done == 1) throw NodeFailure("ended for another one", std::string(kHostEndedFailure));
      co_return Outputs{{"out", *done}};
    }(node, pushed_port, times);
  };
}

TEST_F(RuntimeNodes, ThatAreCutOffForOthersAreDoneAgain) {
  runtime_->behaviours["foreign"].code = cut_off_once("", std::make_shared<int>(0));
  WorkflowBuilder w;
  w.node("a", "foreign", {{"__vnode__", Value(Dict{{"error_logs", "report"}})}}).node("b", "test_pass");
  w.data("a.out", "b.in");
  RunHarness run(w, {}, registry_);
  run.run();
  EXPECT_THAT(run.sink().only({"started", "finished", "error", "waiting"}),
              ElementsAre("started a layer", "error a \"ended for another one\"", "finished a retried",
                          "started a layer", "finished a success", "started b layer", "finished b success"));
  EXPECT_EQ(run.outcome().exit_code, 0);
}

TEST_F(RuntimeNodes, ThatAreCutOffLeaveNoErrorLogsBehind) {
  runtime_->behaviours["foreign"].code = cut_off_once("", std::make_shared<int>(0));
  WorkflowBuilder w;
  w.node("a", "foreign");
  RunHarness run(w, {}, registry_);
  run.run();
  EXPECT_THAT(run.outcome().error, HasSubstr("1 error was"));
}

TEST_F(RuntimeNodes, ThatAreCutOffAfterAPushAreDoneAgainWhereThatIsAllowed) {
  for (const bool is_allowed : {false, true}) {
    runtime_->behaviours["foreign"].code = cut_off_once("out", std::make_shared<int>(0));
    WorkflowBuilder w;
    w.node("a", "foreign",
           {{"__vnode__", Value(Dict{{"idempotent", is_allowed}, {"error_logs", "report"}})}});
    RunHarness run(w, {}, registry_);
    run.run();
    EXPECT_EQ(run.sink().count("started a layer"), is_allowed ? 2u : 1u);
    EXPECT_EQ(run.outcome().exit_code, is_allowed ? 0 : 1);
  }
}

TEST_F(RuntimeNodes, HaveHooksThatAreDoneAgainWhenTheyAreCutOff) {
  for (const char* port : {"", "out"}) {
    const auto times = std::make_shared<int>(0);
    runtime_->behaviours["other"].hook = cut_off_once(port, times);
    WorkflowBuilder w;
    w.node("a", "foreign").node("b", "other").data("a.out", "b.in").exec("a", "b");
    RunOptions options;
    options.logged_errors = LoggedErrors::kReport;
    RunHarness run(w, std::move(options), registry_);
    run.run();
    EXPECT_EQ(*times, *port ? 1 : 2);
    EXPECT_EQ(run.outcome().exit_code, *port ? 1 : 0);
  }
}

TEST_F(RuntimeNodes, ThatCannotBeMadeRefuseTheWorkflow) {
  runtime_->behaviours["other"].refusal = "no module named PrismCore";
  WorkflowBuilder w;
  w.node("a", "foreign").node("b", "other").exec("a", "b");
  RunHarness run(w, {}, registry_);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 3);
  EXPECT_EQ(run.outcome().status, RunStatus::kInvalid);
  EXPECT_EQ(run.outcome().nodes.never_started, 2u);
  ASSERT_EQ(run.get().problems().size(), 1u);
  EXPECT_EQ(run.get().problems()[0].pointer, "/nodes/1");
  EXPECT_TRUE(run.trace().empty());
}

TEST_F(RuntimeNodes, ThatCannotBeMadeForWantOfDescriptorsFailTheRun) {
  runtime_->behaviours["other"].refusal = "none left";
  runtime_->behaviours["other"].refusal_code = kNoDescriptors;
  WorkflowBuilder w;
  w.node("a", "foreign").node("b", "other").exec("a", "b");
  RunHarness run(w, {}, registry_);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 1) << "the workflow is not to blame";
  EXPECT_EQ(run.outcome().status, RunStatus::kFailed);
  EXPECT_EQ(run.outcome().error, "none left");
  EXPECT_EQ(run.outcome().nodes.never_started, 2u);
}

TEST_F(RuntimeNodes, HearOfPushesWithTheNextExecution) {
  WorkflowBuilder w;
  w.node("a", "foreign").node("b", "other").exec("a", "b").data("a.out", "b.in");
  RunHarness run(w, {}, registry_);
  run.run();
  EXPECT_THAT(runtime_->calls, Contains("execute 2 in=1"));
  EXPECT_THAT(runtime_->calls, Contains("wire 1 exec_out! out>2"));
}

TEST_F(RuntimeNodes, HearOfPushesAtOnceWhileTheyExecute) {
  WorkflowBuilder w;
  w.node("a", "foreign").node("b", "test_pass", {{"in", "back"}}).exec("a", "b").data("b.out", "a.in");
  RunHarness run(w, {}, registry_);
  run.run();
  EXPECT_THAT(runtime_->calls, Contains("deliver 1 in='back'"));
}

TEST_F(RuntimeNodes, HaveHooksThatPushersWaitFor) {
  runtime_->behaviours["other"].hook = [](FakeRuntime&, NodeContext& node, InstanceKey) -> Task<Outputs> {
    co_await node.set_output("out", 2);
    co_return Outputs{};
  };
  WorkflowBuilder w;
  w.node("a", "foreign").node("b", "other").data("a.out", "b.in").exec("a", "b");
  RunHarness run(w, {}, registry_);
  run.run();
  EXPECT_THAT(runtime_->calls, Contains("wire 1 exec_out! out!>2"));
  EXPECT_THAT(runtime_->calls, Contains("hook 2 in=1"));
  EXPECT_EQ(run.trace()[2], "output b out=2");
}

TEST_F(RuntimeNodes, PushBesideAnotherPushOnAChainOfItsOwn) {
  runtime_->behaviours["foreign"].code = [](FakeRuntime& runtime, NodeContext& node,
                                            InstanceKey) -> Task<Outputs> {
    node.set_output_beside("out", 3, [&runtime] { runtime.calls.push_back("beside done"); });
    node.set_output_beside("exec_out", true, [&runtime] { runtime.calls.push_back("fired beside"); });
    co_await node.yield();
    co_return Outputs{};
  };
  WorkflowBuilder w;
  // The branch leads back to the node that fires: it is up its own chain, and not entered again (rule 11).
  w.node("a", "foreign").node("b", "delay_timer", {{"delay", 1.0}}).exec("a", "b").exec("b", "a");
  w.node("start", "test_pass").exec("start", "a");
  RunHarness run(w, {}, registry_);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_EQ(run.sink().count("started a exec"), 1u);
  EXPECT_THAT(runtime_->calls, Contains("fired beside"));
  const std::vector<std::string> trace = run.trace();
  EXPECT_EQ(trace.back(), "finished start success") << "the execution does not end before its pushes";
}

TEST_F(RuntimeNodes, PushLateOnAChainOfItsOwn) {
  runtime_->waitings["reply"];
  runtime_->behaviours["other"].code = waiting_code(false);
  WorkflowBuilder w;
  w.node("a", "foreign").node("seen", "test_pass").exec("a", "seen").data("a.out", "seen.in");
  w.node("b", "other").node("end", "test_pass").exec("b", "end");
  RunHarness run(w, {}, registry_);
  for (int i = 0; i < 3; ++i) run.get().poll();
  bool done = false;
  runtime_->run->push_late(1, "out", 9, [&done] { done = true; });
  EXPECT_TRUE(done);
  EXPECT_TRUE(run.sink().has("output a out=9"));
  runtime_->run->push_late(77, "out", 9, [&done] { done = false; });
  EXPECT_FALSE(done) << "whoever waits for an instance that is gone is told at once";
  runtime_->waitings["reply"].reply();
  run.run();
}

TEST_F(RuntimeNodes, AreToldOfAStopOnceAndUnwoundWhenTheyGiveWay) {
  runtime_->waitings["reply"];
  runtime_->behaviours["foreign"].code = waiting_code(true);
  WorkflowBuilder w;
  w.node("a", "foreign").node("end", "test_pass").exec("a", "end");
  RunHarness run(w, {}, registry_);
  run.get().poll();
  run.get().stop(StopReason::kCancel);
  for (int i = 0; i < 3; ++i) run.get().poll();
  EXPECT_FALSE(run.get().finished()) << "a stop does not wake what waits for a runtime";
  EXPECT_EQ(std::count(runtime_->calls.begin(), runtime_->calls.end(), "stop"), 1);
  runtime_->waitings["reply"].reply();
  run.run();
  EXPECT_TRUE(run.sink().has("finished a cancelled"));
  EXPECT_EQ(run.outcome().exit_code, 130);
}

TEST_F(RuntimeNodes, AreInstancesOfTheirOwnInEachGroupExecution) {
  Dict inner;
  inner.set("nodes", Value::list({Value(Dict{{"instance_id", numbered_id(7).text()},
                                             {"node_id", "foreign"},
                                             {"position", Value::list({0, 0})},
                                             {"parameters", Value(Dict())}}),
                                  Value(Dict{{"instance_id", numbered_id(8).text()},
                                             {"node_id", "test_pass"},
                                             {"position", Value::list({0, 0})},
                                             {"parameters", Value(Dict())}})}));
  inner.set("connections", Value::list({Value(Dict{{"from_node", numbered_id(7).text()},
                                                   {"from_port", "exec_out"},
                                                   {"to_node", numbered_id(8).text()},
                                                   {"to_port", "exec_in"},
                                                   {"is_exec", true}})}));
  WorkflowBuilder w;
  w.node("g", "group_node", {{"__workflow__", Value(inner)}, {"__port_defs__", Value::empty_list()}});
  w.node("end", "test_pass").exec("g", "end");
  RunHarness run(w, {}, registry_);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0) << testing::PrintToString(run.sink().lines);
  EXPECT_THAT(runtime_->calls, Contains("execute 1"));
  EXPECT_THAT(runtime_->calls, Contains("close_level"));
}

TEST_F(RuntimeNodes, BringVariablesUpToDateBeforeNativeNodesUseThem) {
  WorkflowBuilder w;
  w.node("a", "foreign").node("s", "Set Variable", {{"name", "x"}, {"value", 1}}).exec("a", "s");
  RunHarness run(w, {}, registry_);
  run.run();
  EXPECT_THAT(runtime_->calls, Contains("read_variables"));
}

}  // namespace
}  // namespace vnode::test
