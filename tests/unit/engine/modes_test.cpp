// Rules 6 to 9 and 28: which nodes start, and in which order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(FlowMode, AnExecWireMakesIt) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").node("loose", "test_pass").exec("a", "b");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().lines.front(), "execution_started flow");
}

TEST(FlowMode, StartsInFileOrder) {
  // `data` has no exec input, `entry` has one without a wire; `driven` is reached by a wire only.
  WorkflowBuilder w;
  w.node("entry", "test_pass").node("data", "test_value", {{"in", 1}}).node("driven", "test_pass");
  w.exec("entry", "driven").data("data.value", "driven.in");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"started"}),
              ElementsAre("started entry start", "started data pull", "started driven exec"));
}

TEST(FlowMode, UnconnectedNodesDoNotRun) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").node("loose", "test_pass").exec("a", "b");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().nodes.never_started, 1u);
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted);
}

TEST(FlowMode, APulledStartNodeIsNotRunAgain) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").node("source", "test_value", {{"in", 1}});
  w.exec("a", "b").data("source.value", "b.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("started source pull"), 1u);
  EXPECT_EQ(run.sink().count("started source start"), 0u);
}

TEST(FlowMode, AFailedStartNodeIsNotTriedAgain) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").node("source", "test_fail");
  w.exec("a", "b").data("source.value", "a.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("error source \"it failed\""), 1u);
  EXPECT_EQ(run.outcome().exit_code, 1);
}

TEST(FlowMode, CyclesEnd) {
  WorkflowBuilder w;
  w.node("start", "test_pass").node("a", "test_pass").node("b", "test_pass");
  w.exec("start", "a").exec("a", "b").exec("b", "a").data("b.out", "a.in").data("a.out", "b.in");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"started"}),
              ElementsAre("started start start", "started a exec", "started b exec"));
}

TEST(FlowMode, TheOrderIsTheSameEveryTime) {
  WorkflowBuilder w;
  w.node("a", "test_yield", {{"times", 3}})
      .node("b", "test_yield", {{"times", 1}})
      .node("c", "test_yield", {{"times", 2}});
  w.node("end", "test_pass").exec("a", "end").exec("b", "end").exec("c", "end");
  RunHarness first(w), second(w);
  EXPECT_EQ(first.run().sink().lines, second.run().sink().lines);
  EXPECT_THAT(first.sink().only({"finished"}),
              ElementsAre("finished end success", "finished b success", "finished end success",
                          "finished c success", "finished end success", "finished a success"));
}

TEST(DataFlowMode, NoExecWireMakesIt) {
  WorkflowBuilder w;
  w.node("a", "test_pass", {{"in", 1}})
      .node("b", "test_pass")
      .data("a.out", "b.in")
      .node("loose", "test_pass");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().lines.front(), "execution_started data_flow");
  EXPECT_EQ(run.outcome().nodes.succeeded, 3u);
}

TEST(DataFlowMode, RunsLayerByLayer) {
  // `late` yields: the second layer still waits for it.
  WorkflowBuilder w;
  w.node("second", "test_pass")
      .node("late", "test_yield", {{"times", 5}})
      .node("first", "test_value", {{"in", 1}});
  w.data("first.value", "second.in");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"started"}),
              ElementsAre("started late layer", "started first layer", "started second layer"));
  EXPECT_EQ(run.sink().lines.back(), "execution_finished completed 0");
}

TEST(DataFlowMode, FeedbackDoesNotOrder) {
  WorkflowBuilder w;
  w.node("a", "test_pass", {{"in", 1}}).node("b", "test_pass");
  w.data("a.out", "b.in").data("b.out", "a.break_condition");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"started"}), ElementsAre("started a layer", "started b layer"));
}

TEST(DataFlowMode, BlockingNodesUseWorkerThreads) {
  // Two computations that wait for each other can only end if they run at the same time.
  static std::atomic<int> meeting{0};
  meeting = 0;
  Registry registry = test_registry();
  NodeLibrary library;
  library.add({.definition = {.node_id = "test_meet", .outputs = {{"met"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 call.log_info("arrived");
                 ++meeting;
                 while (meeting < 2 && !call.is_stopped()) {
                 }
                 return {{"met", true}};
               },
               .blocking = true});
  registry.add_library(library);
  WorkflowBuilder w;
  w.node("a", "test_meet").node("b", "test_meet");
  RunHarness run(w, {}, registry);
  run.run();
  EXPECT_EQ(run.result("a", "met"), "True");
  EXPECT_EQ(run.sink().count("log a info \"arrived\""), 1u);
}

TEST(DataFlowMode, ACycleIsRefused) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").data("a.out", "b.in").data("b.out", "a.in");
  Problems problems;
  EXPECT_EQ(Plan::make(w.workflow(), test_registry(), problems), nullptr);
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems[0].code, "cycle");
}

TEST(DataFlowMode, EverythingBehindAFailureIsSkipped) {
  WorkflowBuilder w;
  w.node("bad", "test_fail").node("b", "test_pass").node("c", "test_pass").node("d", "test_pass");
  w.data("bad.value", "b.in").data("b.out", "c.in").data("b.out", "d.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().nodes.skipped, 3u);
  EXPECT_EQ(run.outcome().nodes.failed, 1u);
  EXPECT_EQ(run.sink().only({"finished"}).size(), 4u);
}

}  // namespace
}  // namespace vnode::test
