// Rules 10, 12 to 14 and 19: running one node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;

TEST(NodeExecution, OrderOfEvents) {
  WorkflowBuilder w;
  w.node("a", "test_pass", {{"in", 1}}).node("b", "test_pass").exec("a", "b").data("a.out", "b.in");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.trace(),
              ElementsAre("started a start", "output a out=1", "output a exec_out=True", "started b exec",
                          "output b out=1", "output b exec_out=True", "output b out=1", "finished b success",
                          "output a out=1", "finished a success"));
}

TEST(NodeExecution, InputsAreASnapshot) {
  // The branch pushes back into the running node: its parameter changes, its snapshot does not.
  Registry registry = test_registry();
  NodeLibrary library;
  library.add(
      {.definition = {.node_id = "test_look", .inputs = {{"in"}}, .outputs = {{"snapshot"}, {"live"}}},
       .execute = [](NodeContext& node) -> Task<Outputs> {
         co_await node.fire("exec_out");
         co_return Outputs{{"snapshot", node.input("in")}, {"live", node.parameter("in")}};
       }});
  registry.add_library(library);
  WorkflowBuilder w;
  w.node("look", "test_look")
      .node("back", "test_pass", {{"in", 9}})
      .exec("look", "back")
      .data("back.out", "look.in");
  RunHarness run(w, {}, registry);
  run.run();
  EXPECT_EQ(run.result("look", "snapshot"), "None");
  EXPECT_EQ(run.result("look", "live"), "9");
}

TEST(NodeExecution, AnEmptyTableIsReported) {
  WorkflowBuilder w;
  w.node("wait", "delay_timer", {{"delay", 0.0}});
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.trace(), ElementsAre("started wait layer", "output wait exec_out=True", "output wait",
                                       "finished wait success"));
}

TEST(NodeExecution, TheLastWireWins) {
  WorkflowBuilder w;
  w.node("one", "test_value", {{"in", 1}}).node("two", "test_value", {{"in", 2}}).node("end", "test_pass");
  w.data("two.value", "end.in").data("one.value", "end.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("end", "out"), "1");
}

TEST(NodeExecution, UndeclaredPortsReceiveValues) {
  Registry registry = test_registry();
  NodeLibrary library;
  library.add({.definition = {.node_id = "test_extra", .outputs = {{"seen"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return {{"seen", call.input("extra")}};
               }});
  registry.add_library(library);
  WorkflowBuilder w;
  w.node("source", "test_value", {{"in", 4}}).node("a", "test_extra").data("source.value", "a.extra");
  RunHarness run(w, {}, registry);
  run.run();
  EXPECT_EQ(run.result("a", "seen"), "4");
}

TEST(Pull, InPortOrderThenFileOrder) {
  WorkflowBuilder w;
  w.node("x", "test_relay").node("y", "test_relay").node("z", "test_relay").node("sum", "math_add");
  w.node("go", "test_pass").exec("go", "sum");
  w.data("x.out", "sum.b").data("z.out", "sum.a").data("y.out", "sum.a");
  RunHarness run(w);
  run.run();
  // The sources are start nodes too and come first in the file; pulled ones would be "pull".
  EXPECT_THAT(run.sink().only({"started"}),
              ElementsAre("started x start", "started y start", "started z start", "started go start",
                          "started sum exec"));
  WorkflowBuilder v;
  v.node("go", "test_pass")
      .node("x", "test_relay")
      .node("y", "test_relay")
      .node("z", "test_relay")
      .node("sum", "math_add");
  v.exec("go", "sum").data("x.out", "sum.b").data("z.out", "sum.a").data("y.out", "sum.a");
  RunHarness pulled(v);
  pulled.run();
  EXPECT_THAT(pulled.sink().only({"started"}),
              ElementsAre("started go start", "started z pull", "started y pull", "started x pull",
                          "started sum exec"));
}

TEST(Pull, FlowDrivenSourcesAreNotPulled) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass", {{"in", 1}}).node("c", "test_pass");
  w.exec("a", "c").exec("c", "b").data("b.out", "c.in");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"started"}),
              ElementsAre("started a start", "started c exec", "started b exec"));
}

TEST(Pull, AnExecutedSourceIsNotRunAgain) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").node("source", "test_value", {{"in", 1}});
  w.exec("a", "b").data("source.value", "a.in").data("source.value", "b.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("started source pull"), 1u);
}

TEST(Pull, AFailedSourceSkipsTheConsumer) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").node("c", "test_pass").node("source", "test_fail");
  w.exec("a", "b").exec("b", "c").data("source.value", "b.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("started b exec"), 0u);
  EXPECT_EQ(run.sink().count("started c exec"), 0u);
  EXPECT_TRUE(run.sink().has(
      "finished b skipped \"source failed: test_fail (00000000-0000-0000-0000-000000000004)\""));
  EXPECT_EQ(run.outcome().exit_code, 1);
}

TEST(Pull, AFailedSourceIsNotRetriedByEachConsumer) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").node("c", "test_pass").node("source", "test_fail_once");
  w.exec("a", "b").exec("a", "c").data("source.value", "b.in").data("source.value", "c.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("started source pull"), 1u);
  EXPECT_EQ(run.outcome().nodes.skipped, 2u);
}

TEST(Pull, AFailedSourceIsRetriedAfterAnInvalidation) {
  WorkflowBuilder w;
  w.node("loop", "For Each", {{"collection", Value::list({1, 2})}})
      .node("body", "test_pass")
      .node("source", "test_fail_once");
  w.exec("loop.each_item", "body").data("loop.current_item", "source.in").data("source.value", "body.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("finished source failed"), 1u);
  EXPECT_EQ(run.sink().count("finished source success"), 1u);
  EXPECT_EQ(run.result("body", "out"), "1");
  EXPECT_EQ(run.outcome().exit_code, 1);
}

TEST(Pull, SkippingGoesOn) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("mid", "test_relay").node("source", "test_fail").node("b", "test_pass");
  w.exec("a", "b").data("source.value", "mid.in").data("mid.out", "a.in").data("mid.out", "b.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().nodes.skipped, 2u);  // mid and a; b is never reached
  EXPECT_EQ(run.outcome().nodes.never_started, 1u);
}

TEST(Pull, FailedInputsDefault) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("sum", "math_add", {{"b", 2}}).node("source", "test_fail");
  w.exec("a", "sum").data("source.value", "sum.a");
  RunHarness run(w, {.failed_inputs = FailedInputs::kDefault});
  run.run();
  EXPECT_EQ(run.result("sum", "result"), "2.0");
  EXPECT_EQ(run.outcome().exit_code, 1);
}

TEST(Bypass, FollowsEveryExecWire) {
  WorkflowBuilder w;
  w.node("if", "if_condition", {{"condition", true}}).node("yes", "test_pass").node("no", "test_pass");
  w.exec("if.exec_out", "yes").exec("if.exec_false", "no").bypassed("if");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"started", "finished"}),
              ElementsAre("started if start", "finished if success", "started yes exec",
                          "finished yes success", "started no exec", "finished no success"));
  EXPECT_EQ(run.result("if", "result"), "unset");
}

TEST(Bypass, CountsAsExecuted) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").node("source", "test_value", {{"in", 1}});
  w.exec("a", "b").data("source.value", "a.in").data("source.value", "b.in").bypassed("source");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().only({"started"}).size(), 3u);
  EXPECT_EQ(run.result("b", "out"), "None");
}

}  // namespace
}  // namespace vnode::test
