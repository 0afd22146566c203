// Rules 35 to 38: limits and retries of nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <semaphore>
#include <thread>

#include "model/workflow_writer.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

Dict with_limits(Dict limits, Dict parameters = {}) {
  parameters.set("__vnode__", Value(std::move(limits)));
  return parameters;
}

NodeLimits retries(int count) { return {.retries = count, .backoff = 1s}; }

/// A node that fails so many times, and one behind it.
WorkflowBuilder fails(std::int64_t times, Dict limits, Dict parameters = {}) {
  parameters.set("times", times);
  WorkflowBuilder w;
  w.node("a", "test_fail_times", with_limits(std::move(limits), std::move(parameters)))
      .node("end", "test_pass");
  w.exec("a", "end");
  return w;
}

WorkflowBuilder sleeps(double seconds, Dict limits) {
  WorkflowBuilder w;
  w.node("a", "delay_timer", with_limits(std::move(limits), {{"delay", seconds}})).node("end", "test_pass");
  w.exec("a", "end");
  return w;
}

/// The parameters of a group with that workflow inside.
Dict group_of(const WorkflowBuilder& inner, Dict limits) {
  Dict parameters = {{"__workflow__", workflow_document(inner.workflow())}};
  return with_limits(std::move(limits), std::move(parameters));
}

TEST(Retries, TryAgainUntilATrySucceeds) {
  RunHarness run(fails(2, {{"retries", 2}, {"backoff", "10s"}}));
  run.run();
  EXPECT_THAT(
      run.sink().only({"started", "finished", "error", "waiting"}),
      ElementsAre("started a start", "error a \"time 1\"", "finished a retried", "waiting a retry",
                  "started a start", "error a \"time 2\"", "finished a retried", "waiting a retry",
                  "started a start", "started end exec", "finished end success", "finished a success"));
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted);
  EXPECT_EQ(run.outcome().nodes.succeeded, 2u);
  EXPECT_EQ(run.result("a", "value"), "3");
}

TEST(Retries, WaitTwiceAsLongEachTimeGiveOrTakeAFifth) {
  RunHarness run(fails(3, {{"retries", 3}, {"backoff", "10s"}, {"backoff_max", "25s"}}));
  run.run();
  const double seconds = std::chrono::duration<double>(run.outcome().duration).count();
  EXPECT_GE(seconds, 0.8 * (10 + 20 + 25));
  EXPECT_LE(seconds, 1.2 * (10 + 20 + 25) + 1);
}

TEST(Retries, EndWithTheLastTrysFailure) {
  RunHarness run(fails(9, {{"retries", 1}}));
  run.run();
  EXPECT_EQ(run.sink().count("finished a retried"), 1u);
  EXPECT_EQ(run.sink().count("finished a failed"), 1u);
  EXPECT_EQ(run.outcome().exit_code, 1);
  EXPECT_THAT(run.outcome().error, HasSubstr("time 2"));
}

TEST(Retries, DoNotRepeatATryThatHasPushed) {
  RunHarness run(fails(1, {{"retries", 3}}, {{"push", true}}));
  run.run();
  EXPECT_EQ(run.sink().count("started a start"), 1u);
  EXPECT_EQ(run.outcome().exit_code, 1);
}

TEST(Retries, RepeatItWhereThatIsAllowed) {
  RunHarness run(fails(1, {{"retries", 3}, {"idempotent", true}}, {{"push", true}}));
  run.run();
  EXPECT_EQ(run.sink().count("started a start"), 2u);
  EXPECT_EQ(run.outcome().exit_code, 0);
}

TEST(Retries, OnlyOnWhatTheyAreFor) {
  for (const auto& [pattern, tries] : {std::pair("time 1", 2u), std::pair("time [23]", 1u)}) {
    RunHarness run(fails(5, {{"retries", 4}, {"retry_on", Value::list({Value(Dict{{"match", pattern}})})}}));
    run.run();
    EXPECT_EQ(run.sink().count("started a start"), tries) << pattern;
  }
}

TEST(Retries, OfADataOnlyNodeArePartOfThePull) {
  WorkflowBuilder w;
  w.node("flow", "test_pass").node("bad", "test_fail_times", with_limits({{"retries", 1}}));
  w.node("start", "test_pass").exec("start", "flow").data("bad.value", "flow.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("flow", "out"), "2");
}

TEST(Retries, ErrorLogsOfEarlierTriesDoNotCount) {
  RunHarness run(fails(1, {{"retries", 1}}, {{"log", true}}));
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kFailed);
  EXPECT_THAT(run.outcome().error, HasSubstr("try 2"));
  EXPECT_EQ(run.outcome().nodes.with_errors, 1u);
}

TEST(Retries, AStopEndsTheWaitForTheNext) {
  RunHarness run(fails(1, {{"retries", 1}, {"backoff", "1h"}}));
  while (run.sink().count("waiting a retry") == 0) run.get().poll();
  run.get().stop(StopReason::kCancel);
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kCancelled);
  EXPECT_EQ(run.sink().count("started a start"), 1u);
  EXPECT_EQ(run.sink().count("finished a cancelled"), 1u);
}

TEST(Retries, OfAGroupPushItsOutputsInTheLastTryOnly) {
  WorkflowBuilder inner;
  inner.node("first", "test_pass", {{"in", 1}})
      .node("bad", "test_fail_times")
      .node("out", "group_out", {{"port_name", "result"}});
  inner.exec("first", "bad").data("first.out", "out.value");
  WorkflowBuilder w;
  w.node(
      "group", "group_node",
      with_limits({{"retries", 1}},
                  {{"__workflow__", workflow_document(inner.workflow())},
                   {"__port_defs__",
                    Value::list({Value(Dict{{"name", "result"}, {"type", "any"}, {"is_input", false}})})}}));
  w.node("end", "test_pass").exec("group", "end");
  RunHarness run(w);
  run.run();
  // Each execution of a group has variables of its own: it fails each time.
  EXPECT_EQ(run.sink().count("finished group retried"), 1u);
  EXPECT_EQ(run.sink().count("finished group failed"), 1u);
  EXPECT_EQ(run.sink().only({"output group result"}).size(), 1u);
  EXPECT_EQ(run.outcome().exit_code, 1);
}

TEST(NearestLimits, TheInstanceBeforeWhatWasAskedFor) {
  for (const auto& [own, tries] : {std::pair(Dict{{"retries", 0}}, 1u), std::pair(Dict{}, 3u)}) {
    RunHarness run(fails(9, own), {.limits = retries(2)});
    run.run();
    EXPECT_EQ(run.sink().count("started a start"), tries);
  }
}

TEST(NearestLimits, WhatWasAskedForBeforeWhatIsGeneral) {
  RunHarness run(fails(9, {}), {.limits = retries(1), .default_limits = retries(5)});
  run.run();
  EXPECT_EQ(run.sink().count("started a start"), 2u);
}

TEST(NearestLimits, OfAllNodesAreNoneOfALoop) {
  WorkflowBuilder w;
  w.node("loop", "For Each", {{"collection", Value::list({Value(1), Value(2)})}})
      .node("slow", "delay_timer", {{"delay", 6.0}})
      .exec("loop.each_item", "slow");
  RunHarness run(w, {.limits = {.timeout = 10s}});
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
}

TEST(Timeouts, EndTheTryWithTheirStatus) {
  RunHarness run(sleeps(60, {{"timeout", "5s"}}));
  run.run();
  EXPECT_EQ(run.sink().count("finished a timeout"), 1u);
  EXPECT_EQ(run.sink().count("started end exec"), 0u);
  EXPECT_EQ(run.outcome().status, RunStatus::kFailed);
  EXPECT_EQ(run.outcome().exit_code, 1);
  EXPECT_THAT(run.outcome().error, HasSubstr("timeout of 5"));
  EXPECT_EQ(run.outcome().duration, 5s);
}

TEST(Timeouts, AreTriedAgain) {
  RunHarness run(sleeps(60, {{"timeout", "5s"}, {"retries", 2}, {"backoff", "1s"}}));
  run.run();
  EXPECT_EQ(run.sink().count("finished a retried"), 2u);
  EXPECT_EQ(run.sink().count("finished a timeout"), 1u);
}

TEST(Timeouts, DoNotCountWhatAPushSetsOff) {
  WorkflowBuilder w;
  w.node("a", "test_pass", with_limits({{"timeout", "5s"}, {"idle_timeout", "5s"}}))
      .node("slow", "delay_timer", {{"delay", 60.0}});
  w.exec("a", "slow");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
}

TEST(Timeouts, OfALoopCountTheWholeOfIt) {
  WorkflowBuilder w;
  w.node("loop", "For Each",
         with_limits({{"timeout", "10s"}}, {{"collection", Value::list({Value(1), Value(2)})}}))
      .node("slow", "delay_timer", {{"delay", 6.0}})
      .node("end", "test_pass")
      .exec("loop.each_item", "slow")
      .exec("loop.exec_on_finished", "end");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("finished loop timeout"), 1u);
  EXPECT_EQ(run.sink().count("finished slow cancelled"), 1u);
  EXPECT_EQ(run.sink().count("started end exec"), 0u);
  EXPECT_EQ(run.outcome().duration, 10s);
}

TEST(Timeouts, EndOnlyTheirOwnNode) {
  WorkflowBuilder w;
  w.node("a", "delay_timer", with_limits({{"timeout", "5s"}}, {{"delay", 60.0}}))
      .node("other", "delay_timer", {{"delay", 20.0}})
      .node("end", "test_pass")
      .node("behind", "test_pass")
      .exec("a", "behind")
      .exec("other", "end");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("finished other success"), 1u);
  EXPECT_EQ(run.sink().count("finished end success"), 1u);
}

TEST(Timeouts, OfAGroupEndWhatIsInIt) {
  WorkflowBuilder inner;
  inner.node("slow", "delay_timer", {{"delay", 60.0}}).node("also", "delay_timer", {{"delay", 70.0}});
  inner.node("x", "test_pass").exec("slow", "x").exec("also", "x");
  WorkflowBuilder w;
  w.node("group", "group_node", group_of(inner, {{"timeout", "5s"}}));
  w.node("end", "test_pass")
      .exec("group", "end")
      .node("other", "delay_timer", {{"delay", 20.0}})
      .exec("other", "end");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("finished group timeout"), 1u);
  // (Inner instances have the ids of outer ones, and are told by their names.)
  EXPECT_THAT(run.sink().only({"finished group/"}),
              UnorderedElementsAre("finished group/group cancelled", "finished group/end cancelled"));
  EXPECT_EQ(run.sink().count("finished other success"), 1u);
}

TEST(IdleTimeouts, EndATryWithoutASignOfLife) {
  RunHarness run(sleeps(60, {{"idle_timeout", "5s"}}));
  run.run();
  EXPECT_EQ(run.sink().count("finished a timeout"), 1u);
  EXPECT_THAT(run.outcome().error, HasSubstr("no sign of life"));
}

TEST(IdleTimeouts, BeginAnewWithEachPush) {
  WorkflowBuilder w;
  w.node("loop", "loop_body",
         with_limits({{"idle_timeout", "5s"}},
                     {{"indices", Value::list({Value(1), Value(2), Value(3)})}, {"delay", 4.0}}));
  w.node("end", "test_pass").exec("loop.exec_on_finished", "end");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_GT(run.outcome().duration, 10s);
}

TEST(IdleTimeouts, HearOfWorkOnOtherThreads) {
  // A step of it: it logs and waits for the next one.
  static std::binary_semaphore step(0), stepped(0);
  Registry registry = test_registry();
  NodeLibrary library;
  library.add({.definition = {.node_id = "test_talk", .outputs = {{"out"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 for (int i = 0; i < 3; ++i) {
                   step.acquire();
                   call.log_info("here");
                   stepped.release();
                 }
                 return {};
               },
               .blocking = true});
  registry.add_library(library);
  WorkflowBuilder w;
  w.node("a", "test_talk", with_limits({{"idle_timeout", "5s"}}));
  RunHarness run(w, {}, registry);
  for (int i = 0; i < 3; ++i) {
    for (int turn = 0; turn < 3; ++turn) run.get().poll();
    run.clock().advance(4s);
    step.release();
    stepped.acquire();
  }
  while (!run.get().poll()) std::this_thread::yield();
  EXPECT_EQ(run.outcome().exit_code, 0) << run.outcome().error;
}

TEST(Timeouts, OfAGroupDoNotCountWhatFollowsIt) {
  WorkflowBuilder inner;
  inner.node("quick", "delay_timer", {{"delay", 1.0}});
  WorkflowBuilder w;
  w.node("group", "group_node", group_of(inner, {{"timeout", "5s"}}));
  w.node("slow", "delay_timer", {{"delay", 60.0}}).exec("group", "slow");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_EQ(run.sink().count("finished slow success"), 1u);
}

TEST(Timeouts, OfAGroupAreHandledByItsExecFail) {
  WorkflowBuilder inner;
  inner.node("slow", "delay_timer", {{"delay", 60.0}});
  WorkflowBuilder w;
  w.node("group", "group_node", group_of(inner, {{"timeout", "5s"}}));
  w.node("instead", "test_pass").exec("group.exec_fail", "instead");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("started instead exec"), 1u);
  EXPECT_EQ(run.outcome().exit_code, 0);
}

TEST(Timeouts, OfALoopDoNotCountWhatFollowsIt) {
  WorkflowBuilder w;
  w.node("loop", "For Each", with_limits({{"timeout", "5s"}}, {{"collection", Value::list({Value(1)})}}))
      .node("slow", "delay_timer", {{"delay", 60.0}})
      .exec("loop.exec_on_finished", "slow");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
}

TEST(Timeouts, OfALongChainOfScopesNeedNoStack) {
  constexpr int kNodes = 20'000;
  WorkflowBuilder w;
  w.node("loop", "For Each", with_limits({{"timeout", "5s"}}, {{"collection", Value::list({Value(1)})}}));
  std::string last = "loop.each_item";
  for (int i = 0; i < kNodes; ++i) {
    const std::string name = "n" + std::to_string(i);
    w.node(name, "test_pass").exec(last, name);
    last = name;
  }
  w.node("slow", "delay_timer", {{"delay", 60.0}}).exec(last, "slow");
  RunHarness run(w, {.limits = {.timeout = 1h}});
  run.run();
  EXPECT_EQ(run.sink().count("finished loop timeout"), 1u);
}

TEST(Timeouts, LeaveASourceThatOthersWaitForToThem) {
  WorkflowBuilder w;
  w.node("loop", "For Each", with_limits({{"timeout", "5s"}}, {{"collection", Value::list({Value(1)})}}));
  w.node("source", "test_slow_value", {{"in", 7}}).node("body", "test_pass").exec("loop.each_item", "body");
  w.data("source.value", "body.in");
  w.node("other", "test_pass")
      .node("reads", "test_pass")
      .exec("other", "reads")
      .data("source.value", "reads.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("finished loop timeout"), 1u);
  EXPECT_EQ(run.result("reads", "out"), "7");
}

TEST(IdleTimeouts, OfAGroupHearWhatHappensInIt) {
  WorkflowBuilder inner;
  inner.node("a", "delay_timer", {{"delay", 4.0}}).node("b", "delay_timer", {{"delay", 4.0}}).exec("a", "b");
  WorkflowBuilder w;
  w.node("group", "group_node", group_of(inner, {{"idle_timeout", "5s"}}));
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_EQ(run.outcome().duration, 8s);
}

TEST(Retries, OfAGroupKeepFailFastFromEndingTheRun) {
  WorkflowBuilder inner;
  inner.node("bad", "test_fail", {{"message", "licence"}});
  WorkflowBuilder w;
  w.node("group", "group_node",
         group_of(inner, {{"retries", 2},
                          {"backoff", "1s"},
                          {"retry_on", Value::list({Value(Dict{{"match", "licence"}})})}}));
  RunHarness run(w, {.fail_fast = true});
  run.run();
  EXPECT_EQ(run.sink().count("finished group retried"), 2u);
  EXPECT_EQ(run.outcome().status, RunStatus::kFailed);
}

}  // namespace
}  // namespace vnode::test
