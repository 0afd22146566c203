// Rules 44 to 46, through the real node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/workflow_writer.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Value numbers(int count) {
  std::vector<Value> items;
  for (int i = 0; i < count; ++i) items.emplace_back(i);
  return Value::list(std::move(items));
}

/// each -> body (test_pass), whose input is item + 10; its output is the result. "end" runs when all is done.
WorkflowBuilder add_ten(Dict settings) {
  WorkflowBuilder w;
  w.node("each", "Parallel For Each", std::move(settings)).node("sum", "math_add", {{"b", 10}});
  w.node("body", "test_pass").node("end", "test_pass");
  w.exec("each.each_item", "body").exec("each.exec_on_finished", "end");
  w.data("each.current_item", "sum.a").data("sum.result", "body.in").data("body.out", "each.result");
  w.data("each.results", "end.in");
  return w;
}

TEST(ParallelMap, GivesResultsInTheOrderOfItsItems) {
  for (const int at_once : {0, 1, 2, 7}) {
    RunHarness run(add_ten({{"collection", numbers(5)}, {"max_concurrency", at_once}}));
    run.run();
    EXPECT_EQ(run.result("end", "out"), "[10.0, 11.0, 12.0, 13.0, 14.0]");
    EXPECT_EQ(run.outcome().exit_code, 0);
    EXPECT_EQ(run.outcome().nodes.succeeded, 4u);
  }
}

TEST(ParallelMap, OneAfterTheOtherItsEventsAreThoseOfForEach) {
  const auto traced = [](const std::string& type) {
    WorkflowBuilder w;
    w.node("each", type, {{"collection", numbers(3)}, {"max_concurrency", 1}});
    w.node("sum", "math_add", {{"b", 10}})
        .node("body", "test_pass")
        .node("more", "test_yield", {{"times", 2}});
    w.exec("each.each_item", "body").exec("body", "more");
    w.data("each.current_item", "sum.a").data("sum.result", "body.in");
    RunHarness run(w);
    run.run();
    std::vector<std::string> lines = run.sink().only({"started", "finished"});
    // Of For Each the data-only node is a start node, which spares the first item its pull.
    lines.erase(lines.begin(), std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
                  return line.starts_with("started body");
                }));
    for (std::string& line : lines) {
      if (const std::size_t at = line.find('['); at != line.npos) line.erase(at, line.find(']') + 1 - at);
    }
    return lines;
  };
  const std::vector<std::string> map = traced("Parallel For Each");
  EXPECT_THAT(map, Contains("started more exec").Times(3));
  EXPECT_EQ(map, traced("For Each"));
}

TEST(ParallelMap, ItsEventsSayWhichItemTheyAreOf) {
  RunHarness run(add_ten({{"collection", numbers(2)}, {"max_concurrency", 1}}));
  run.run();
  EXPECT_THAT(run.sink().only({"started"}),
              ElementsAre("started each start", "started sum[0] pull", "started body[0] exec",
                          "started sum[1] pull", "started body[1] exec", "started end exec"));
}

TEST(ParallelMap, ItsBodyIsExecutedNowhereElse) {
  RunHarness run(add_ten({{"collection", Value::list({})}}));
  run.run();
  EXPECT_THAT(run.sink().only({"started"}), ElementsAre("started each start", "started end exec"));
  EXPECT_EQ(run.result("end", "out"), "[]");
  EXPECT_EQ(run.outcome().nodes.never_started, 2u);
}

TEST(ParallelMap, SeveralBodiesGoOnAtOnce) {
  WorkflowBuilder w;
  w.node("each", "Parallel For Each", {{"collection", numbers(4)}, {"max_concurrency", 2}});
  w.node("wait", "delay_timer", {{"delay", 10.0}}).exec("each.each_item", "wait");
  RunHarness run(w);
  const SteadyTime began = run.clock().steady_now();
  run.run();
  EXPECT_EQ(run.clock().steady_now() - began, std::chrono::seconds(20));
  EXPECT_THAT(run.sink().only({"started wait"}), ElementsAre("started wait[0] exec", "started wait[1] exec",
                                                             "started wait[2] exec", "started wait[3] exec"));
}

TEST(ParallelMap, BatchesAreLists) {
  WorkflowBuilder w;
  w.node("each", "Parallel For Each", {{"collection", numbers(5)}, {"batch_size", 2}})
      .node("body", "test_pass");
  w.node("index", "test_relay").exec("each.each_item", "body");
  w.data("each.current_item", "body.in").data("body.out", "each.result");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("each", "results"), "[[0, 1], [2, 3], [4]]");
  EXPECT_THAT(run.sink().only({"started body"}),
              ElementsAre("started body[0] exec", "started body[2] exec", "started body[4] exec"));
}

TEST(ParallelMap, BodiesHaveFreshInstances) {
  // A Sequencer, say, would remember: here the last result of a node that runs for the first item only.
  WorkflowBuilder w;
  w.node("each", "Parallel For Each", {{"collection", Value::list({true, false})}, {"max_concurrency", 1}});
  w.node("if", "if_condition").node("then", "test_pass", {{"in", "set"}});
  w.exec("each.each_item", "if").data("each.current_item", "if.condition");
  w.exec("if.exec_out", "then").data("then.out", "each.result");
  RunHarness run(w);
  run.run();
  const std::string results = run.result("each", "results");
  EXPECT_THAT(results, testing::EndsWith("None]"));
}

TEST(ParallelMap, WhatIsPushedFromOutsideReachesBodiesThatBeginLater) {
  WorkflowBuilder w;
  w.node("late", "test_late").node("each", "Parallel For Each", {{"collection", numbers(2)}});
  w.node("body", "math_add").exec("late", "each").exec("each.each_item", "body");
  w.data("late.value", "body.b").data("each.current_item", "body.a").data("body.result", "each.result");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.result("each", "results"), Not(HasSubstr("None")));
}

TEST(ParallelMap, SourcesOutsideAreExecutedOnceForAll) {
  WorkflowBuilder w;
  w.node("each", "Parallel For Each", {{"collection", numbers(3)}, {"max_concurrency", 3}});
  w.node("slow", "test_slow_value", {{"in", 5}}).node("body", "math_add").node("end", "test_pass");
  w.exec("each.each_item", "body").data("slow.value", "body.b").data("each.current_item", "body.a");
  w.data("body.result", "each.result").data("slow.value", "end.in").exec("each.exec_on_finished", "end");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("each", "results"), "[5.0, 6.0, 7.0]");
  EXPECT_THAT(run.sink().only({"started slow"}).size(), 1u);
  EXPECT_EQ(run.result("end", "out"), "5");
}

TEST(ParallelMap, AResultMayBeTheItemItselfOrComeFromOutside) {
  WorkflowBuilder w;
  w.node("each", "Parallel For Each", {{"collection", numbers(2)}})
      .node("other", "test_value", {{"in", "x"}});
  w.data("each.current_item", "each.result");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("each", "results"), "[0, 1]");
  WorkflowBuilder v;
  v.node("each", "Parallel For Each", {{"collection", numbers(2)}})
      .node("other", "test_value", {{"in", "x"}});
  v.data("other.value", "each.result");
  RunHarness outside(v);
  outside.run();
  EXPECT_EQ(outside.result("each", "results"), "['x', 'x']");
}

TEST(ParallelMap, WorksWithoutExecWires) {
  WorkflowBuilder w;
  w.node("each", "Parallel For Each", {{"collection", numbers(3)}}).node("sum", "math_add", {{"b", 1}});
  w.node("block", "test_block").node("end", "test_relay");
  w.data("each.current_item", "sum.a").data("sum.result", "each.result").data("each.results", "end.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("end", "out"), "[1.0, 2.0, 3.0]");
  EXPECT_EQ(run.outcome().exit_code, 0);
}

TEST(ParallelMap, VariablesAreThoseOfTheRun) {
  WorkflowBuilder w;
  w.node("each", "Parallel For Each", {{"collection", numbers(3)}, {"max_concurrency", 1}});
  w.node("set", "Set Variable", {{"name", "last"}}).node("get", "Get Variable", {{"name", "last"}});
  w.node("name", "test_pass", {{"in", "last"}}).node("end", "test_pass").data("name.out", "get.name");
  w.exec("each.each_item", "set").exec("each.exec_on_finished", "name").exec("name", "end");
  w.data("each.current_item", "set.value").data("get.value", "end.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("end", "out"), "2");
}

TEST(ParallelMap, MapsAndGroupsNest) {
  WorkflowBuilder w;
  w.node("outer", "Parallel For Each", {{"collection", Value::list({10, 20})}, {"max_concurrency", 2}});
  w.node("inner", "Parallel For Each", {{"collection", numbers(2)}, {"max_concurrency", 2}});
  w.node("sum", "math_add").exec("outer.each_item", "inner").exec("inner.each_item", "sum");
  w.data("outer.current_item", "sum.a")
      .data("inner.current_item", "sum.b")
      .data("sum.result", "inner.result");
  w.data("inner.results", "outer.result");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("outer", "results"), "[[10.0, 11.0], [20.0, 21.0]]");
  EXPECT_TRUE(run.sink().has("started sum[1][0] exec"));
  EXPECT_TRUE(run.sink().has("started inner[1] exec"));
  EXPECT_EQ(run.outcome().nodes.succeeded, 3u);
}

TEST(ParallelMap, WorksInsideOfGroups) {
  WorkflowBuilder inner;
  inner.node("each", "Parallel For Each", {{"collection", numbers(2)}}).node("body", "test_pass");
  inner.exec("each.each_item", "body").data("each.current_item", "body.in").data("body.out", "each.result");
  inner.node("out", "group_out", {{"port_name", "y"}}).data("each.results", "out.value");
  inner.exec("each.exec_on_finished", "out");
  WorkflowBuilder w;
  w.node(
      "group", "group_node",
      {{"__workflow__", workflow_document(inner.workflow())},
       {"__port_defs__", Value::list({Value(Dict{{"name", "y"}, {"type", "any"}, {"is_input", false}})})}});
  w.node("end", "test_pass").exec("group", "end").data("group.y", "end.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("end", "out"), "[0, 1]");
}

TEST(ParallelMap, IsSteppedLikeAllElse) {
  RunHarness run(add_ten({{"collection", numbers(3)}, {"max_concurrency", 2}}));
  int polls = 0;
  while (!run.get().poll()) ++polls;
  EXPECT_GE(polls, 3) << "each body ends a turn";
  EXPECT_EQ(run.result("end", "out"), "[10.0, 11.0, 12.0]");
}

TEST(ParallelMap, ABypassedOneIsPassedWithAllItsExecWires) {
  WorkflowBuilder w = add_ten({{"collection", numbers(3)}});
  w.bypassed("each");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"started body", "started end"}),
              ElementsAre("started body exec", "started end exec"));
}

// --- failures: rule 45 ---

/// Items of which those in `bad` fail in the body.
WorkflowBuilder failing(std::vector<Value> items, Value on_error, int at_once = 1) {
  WorkflowBuilder w;
  w.node(
      "each", "Parallel For Each",
      {{"collection", Value::list(std::move(items))}, {"max_concurrency", at_once}, {"on_error", on_error}});
  w.node("if", "if_condition").node("bad", "test_fail").node("good", "test_pass", {{"in", "fine"}});
  w.exec("each.each_item", "if").data("each.current_item", "if.condition");
  w.exec("if.exec_out", "bad").exec("if.exec_false", "good").data("good.out", "each.result");
  w.node("end", "test_pass").exec("each.exec_on_finished", "end");
  return w;
}

TEST(ParallelMapFailures, StopNewBodiesAndFailTheMap) {
  RunHarness run(failing({false, true, false}, "stop"));
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 1);
  EXPECT_EQ(run.sink().only({"started if"}).size(), 2u);
  EXPECT_FALSE(run.sink().has("started end exec"));
  EXPECT_THAT(run.outcome().error, HasSubstr("1 of 3 items failed; the first, item 1 (True): test_fail"));
}

TEST(ParallelMapFailures, AreAllFoundWithContinue) {
  RunHarness run(failing({true, false, true}, "continue"));
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 1);
  EXPECT_EQ(run.sink().only({"started if"}).size(), 3u);
  EXPECT_EQ(run.result("each", "results"), "[None, 'fine', None]");
  EXPECT_THAT(run.result("each", "failed_items"), HasSubstr("'index': 2, 'item': True, 'error': 'test_fail"));
  EXPECT_FALSE(run.sink().has("started end exec"));
}

TEST(ParallelMapFailures, CancelWhatGoesOn) {
  WorkflowBuilder w = failing({false, true, false, false}, "cancel", 3);
  w.node("wait", "delay_timer", {{"delay", 100.0}}).exec("good", "wait");
  RunHarness run(w);
  const SteadyTime began = run.clock().steady_now();
  run.run();
  EXPECT_EQ(run.clock().steady_now(), began);
  EXPECT_EQ(run.outcome().exit_code, 1);
  EXPECT_TRUE(run.sink().has("finished wait[0] cancelled"));
  EXPECT_FALSE(run.sink().has("started if[3] exec"));
  EXPECT_THAT(run.result("each", "failed_items"), Not(HasSubstr("'index': 0")));
}

TEST(ParallelMapFailures, UpToACountAreHandled) {
  RunHarness run(failing({true, true, false}, 2));
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_TRUE(run.sink().has("started end exec"));
  EXPECT_EQ(run.outcome().nodes.handled, 1u);
  EXPECT_EQ(run.outcome().nodes.failed, 0u);
  RunHarness beyond(failing({true, true, true, false}, "2"));
  beyond.run();
  EXPECT_EQ(beyond.outcome().exit_code, 1);
  EXPECT_EQ(beyond.sink().only({"started if"}).size(), 3u);
}

TEST(ParallelMapFailures, UpToAShareAreHandled) {
  RunHarness run(failing({true, false, false, false, false}, "20%"));
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
  RunHarness beyond(failing({true, true, false, false, false}, "20%"));
  beyond.run();
  EXPECT_EQ(beyond.outcome().exit_code, 1);
}

TEST(ParallelMapFailures, ThatTheMapHandsOnAreNoneOfTheRuns) {
  WorkflowBuilder w = failing({false, true}, "stop");
  w.node("handler", "test_pass").exec("each.exec_fail", "handler").data("each.failed_items", "handler.in");
  RunHarness run(w, {.fail_fast = true});
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_FALSE(run.sink().has("started end exec"));
  EXPECT_THAT(run.result("handler", "out"), HasSubstr("'index': 1"));
}

TEST(ParallelMapFailures, FailFastLooksAtWhatIsTolerated) {
  RunHarness run(failing({true, false}, 1), {.fail_fast = true});
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
  RunHarness beyond(failing({true, false}, "continue"), {.fail_fast = true});
  beyond.run();
  EXPECT_EQ(beyond.outcome().exit_code, 1);
  EXPECT_EQ(beyond.sink().only({"started if"}).size(), 1u);
}

TEST(ParallelMapFailures, InGroupsInsideAreThoseOfTheBody) {
  WorkflowBuilder inner;
  inner.node("bad", "test_fail");
  inner.node("next", "test_pass").exec("bad", "next");
  WorkflowBuilder w;
  w.node("each", "Parallel For Each", {{"collection", numbers(2)}, {"on_error", 2}});
  w.node("group", "group_node", {{"__workflow__", workflow_document(inner.workflow())}});
  w.exec("each.each_item", "group");
  RunHarness run(w, {.fail_fast = true});
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_THAT(run.result("each", "failed_items"), HasSubstr("'index': 1"));
}

TEST(ParallelMapFailures, SkippedNodesAreFailures) {
  WorkflowBuilder w;
  w.node("each", "Parallel For Each", {{"collection", numbers(2)}, {"on_error", "continue"}});
  w.node("bad", "test_fail").node("body", "test_pass").exec("each.each_item", "body");
  w.data("each.current_item", "bad.in").data("bad.value", "body.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().only({"finished body[1] skipped"}).size(), 1u);
  EXPECT_THAT(run.result("each", "failed_items"), HasSubstr("'index': 1"));
}

TEST(ParallelMapFailures, ErrorLogsAreNoFailuresOfABody) {
  WorkflowBuilder w;
  w.node("each", "Parallel For Each", {{"collection", numbers(2)}});
  w.node("log", "test_fail_times", {{"times", 0}, {"log", true}}).exec("each.each_item", "log");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("each", "failed_items"), "[]");
  EXPECT_EQ(run.outcome().exit_code, 1) << "rule 22 counts them for the run";
}

TEST(ParallelMapFailures, WrongSettingsFailIt) {
  for (const auto& [port, value] : std::vector<std::pair<std::string, Value>>{
           {"max_concurrency", -1}, {"batch_size", 0}, {"on_error", "sometimes"}, {"on_error", "120%"}}) {
    WorkflowBuilder w;
    w.node("value", "test_value", {{"in", value}}).node("each", "Parallel For Each", {{"collection", "ab"}});
    w.node("body", "test_pass").exec("each.each_item", "body").data("value.value", "each." + port);
    RunHarness run(w);
    run.run();
    EXPECT_EQ(run.outcome().exit_code, 1) << port;
    EXPECT_THAT(run.outcome().error, HasSubstr(port));
  }
}

// --- stops: rules 24 and 36 ---

TEST(ParallelMapStops, EndAllBodies) {
  WorkflowBuilder w;
  w.node("each", "Parallel For Each", {{"collection", numbers(9)}, {"max_concurrency", 3}});
  w.node("wait", "delay_timer", {{"delay", 10.0}}).exec("each.each_item", "wait");
  RunHarness run(w);
  while (run.sink().only({"started wait"}).size() < 3) run.get().poll();
  run.get().stop(StopReason::kCancel);
  run.run();
  EXPECT_EQ(run.sink().only({"finished wait"}).size(), 3u);
  EXPECT_TRUE(run.sink().has("finished each cancelled"));
  EXPECT_EQ(run.outcome().status, RunStatus::kCancelled);
}

TEST(ParallelMapStops, ATimeoutOfTheMapIsOneOverAll) {
  WorkflowBuilder w;
  w.node("each", "Parallel For Each",
         {{"collection", numbers(9)}, {"max_concurrency", 3}, {"__vnode__", Value(Dict{{"timeout", 25}})}});
  w.node("wait", "delay_timer", {{"delay", 10.0}}).exec("each.each_item", "wait");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().only({"started wait"}).size(), 9u);
  EXPECT_TRUE(run.sink().has("finished each timeout"));
  EXPECT_EQ(run.outcome().exit_code, 1);
}

TEST(ParallelMapStops, RetriesInBodiesAreTheirOwn) {
  WorkflowBuilder w;
  w.node("each", "Parallel For Each", {{"collection", numbers(3)}, {"max_concurrency", 3}});
  w.node("flaky", "test_fail_times",
         {{"times", 2}, {"__vnode__", Value(Dict{{"retries", 2}, {"backoff", 1}})}});
  w.exec("each.each_item", "flaky").data("flaky.value", "each.result");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_EQ(run.result("each", "failed_items"), "[]");
}

TEST(ParallelMapStops, APauseHoldsBodiesToo) {
  RunHarness run(add_ten({{"collection", numbers(3)}, {"max_concurrency", 1}}));
  while (run.sink().only({"started body"}).empty()) run.get().poll();
  run.get().pause(RunPause::kHold);
  for (int i = 0; i < 20; ++i) run.get().poll();
  EXPECT_EQ(run.sink().only({"started body"}).size(), 1u);
  run.get().pause(RunPause::kNone);
  run.run();
  EXPECT_EQ(run.result("end", "out"), "[10.0, 11.0, 12.0]");
}

}  // namespace
}  // namespace vnode::test
