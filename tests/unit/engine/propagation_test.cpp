// Rules 15 to 18: pushes, returned values, invalidation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;

TEST(Push, OrderOfEvents) {
  // A reactive target answers inside the push; an exec target runs after all data targets are written.
  WorkflowBuilder w;
  w.node("a", "test_pass", {{"in", 1}})
      .node("var", "variable_node", {{"type", "int"}})
      .node("end", "test_pass");
  w.data("a.out", "var.value").data("var.out", "end.in").exec("a", "end");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(
      run.trace(),
      ElementsAre("started a start", "output a out=1", "output var out=1", "output a exec_out=True",
                  "started var pull", "output var out=1", "output var exec_out=True", "output var out=1",
                  "finished var success", "started end exec", "output end out=1", "output end exec_out=True",
                  "output end out=1", "finished end success", "output a out=1", "finished a success"));
}

TEST(Push, TargetsRunInsideTheirTrigger) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").node("c", "test_pass").node("d", "test_pass");
  w.exec("a", "b").exec("b", "c").exec("a", "d");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(
      run.sink().only({"started", "finished"}),
      ElementsAre("started a start", "started b exec", "started c exec", "finished c success",
                  "finished b success", "started d exec", "finished d success", "finished a success"));
}

TEST(Push, AnUndeclaredNameDoesNothing) {
  Registry registry = test_registry();
  NodeLibrary library;
  library.add({.definition = {.node_id = "test_odd", .outputs = {{"out"}}},
               .execute = [](NodeContext& node) -> Task<Outputs> {
                 co_await node.set_output("no_such_port", 1);
                 co_return Outputs{};
               }});
  registry.add_library(library);
  WorkflowBuilder w;
  w.node("a", "test_odd").node("b", "test_pass").data("a.no_such_port", "b.in");
  RunHarness run(w, {}, registry);
  run.run();
  EXPECT_EQ(run.result("b", "out"), "None");
  EXPECT_EQ(run.result("a", "no_such_port"), "unset");
}

TEST(Push, RingsOfHooksEnd) {
  WorkflowBuilder w;
  w.node("a", "variable_node", {{"type", "int"}, {"value", 1}}).node("b", "variable_node", {{"type", "int"}});
  w.node("go", "test_pass", {{"in", 7}}).node("end", "test_pass").exec("go", "end");
  w.data("a.out", "b.value").data("b.out", "a.value").data("go.out", "a.value").data("a.out", "end.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().lines.back(), "execution_finished completed 0");
}

TEST(Push, AFalseExecValueDoesNotFire) {
  Registry registry = test_registry();
  NodeLibrary library;
  library.add({.definition = {.node_id = "test_false"}, .execute = [](NodeContext& node) -> Task<Outputs> {
                 co_await node.set_output("exec_out", false);
                 co_return Outputs{};
               }});
  registry.add_library(library);
  WorkflowBuilder w;
  w.node("a", "test_false").node("b", "test_pass").exec("a", "b");
  RunHarness run(w, {}, registry);
  run.run();
  EXPECT_EQ(run.outcome().nodes.never_started, 1u);
}

TEST(Push, AnExecOutputMayFeedADataWire) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").exec("a", "b").data("a.exec_out", "b.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("b", "out"), "True");
}

TEST(Push, ADataPortNeverFires) {
  WorkflowBuilder w;
  w.node("a", "test_pass", {{"in", 1}}).node("b", "test_pass").exec("a.out", "b");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().nodes.never_started, 1u);
}

TEST(Returned, ANewValuePropagates) {
  WorkflowBuilder w;
  w.node("late", "test_late").node("print", "console_print").data("late.value", "print.data");
  w.node("go", "test_pass").exec("go", "late");
  RunHarness run(w);
  run.run();
  EXPECT_TRUE(run.sink().has("log print info stdout \"STREAM PRINT: 2\""));
  const auto& lines = run.sink().lines;
  const auto finished = std::find(lines.begin(), lines.end(), "finished late success");
  EXPECT_NE(std::find(finished, lines.end(), "log print info stdout \"STREAM PRINT: 2\""), lines.end());
}

TEST(Returned, TheSameValueDoesNotPropagateAgain) {
  WorkflowBuilder w;
  w.node("a", "test_pass", {{"in", std::numeric_limits<double>::quiet_NaN()}}).node("print", "console_print");
  w.node("b", "test_pass").data("a.out", "print.data").exec("a", "b");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("log print info stdout \"STREAM PRINT: nan\""), 1u);
}

TEST(Returned, TypesCount) {
  Registry registry = test_registry();
  NodeLibrary library;
  library.add({.definition = {.node_id = "test_types", .outputs = {{"value"}}},
               .execute = [](NodeContext& node) -> Task<Outputs> {
                 co_await node.set_output("value", 1);
                 co_return Outputs{{"value", 1.0}};
               }});
  registry.add_library(library);
  WorkflowBuilder w;
  w.node("a", "test_types").node("print", "console_print").node("go", "test_pass");
  w.data("a.value", "print.data").exec("go", "a");
  RunHarness run(w, {}, registry);
  run.run();
  EXPECT_EQ(run.sink().count("log print info stdout \"STREAM PRINT: 1\""), 1u);
  EXPECT_EQ(run.sink().count("log print info stdout \"STREAM PRINT: 1.0\""), 1u);
}

TEST(Returned, AnExecOutputFires) {
  WorkflowBuilder w;
  w.node("a", "test_return", {{"value", 3}, {"fire", true}})
      .node("b", "test_pass")
      .exec("a", "b")
      .data("a.out", "b.in");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.trace(), ElementsAre("started a start", "output a out=3 exec_out=True",
                                       "finished a success", "started b exec", "output b out=3",
                                       "output b exec_out=True", "output b out=3", "finished b success"));
}

TEST(Returned, AFiredExecOutputDoesNotFireAgain) {
  WorkflowBuilder w;
  w.node("if", "if_condition", {{"condition", 1}}).node("yes", "test_pass").exec("if", "yes");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("started yes exec"), 1u);
}

TEST(Invalidation, IsTransitive) {
  WorkflowBuilder w;
  w.node("loop", "For Each", {{"collection", Value::list({1, 2, 3})}});
  w.node("a", "math_add", {{"b", 1}}).node("b", "math_add", {{"b", 1}}).node("body", "test_pass");
  w.exec("loop.each_item", "body")
      .data("loop.current_item", "a.a")
      .data("a.result", "b.a")
      .data("b.result", "body.in");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"output body out"}), testing::SizeIs(6));
  EXPECT_TRUE(run.sink().has("output body out=3.0"));
  EXPECT_TRUE(run.sink().has("output body out=4.0"));
  EXPECT_TRUE(run.sink().has("output body out=5.0"));
}

TEST(Invalidation, DoesNotTouchFlowDrivenNodes) {
  WorkflowBuilder w;
  w.node("loop", "For Each", {{"collection", Value::list({1, 2})}})
      .node("driven", "test_pass")
      .node("body", "test_pass");
  w.exec("loop.exec_skip", "driven").exec("loop.each_item", "body");
  w.data("loop.current_item", "driven.in").data("driven.out", "body.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("started driven pull"), 0u);
}

}  // namespace
}  // namespace vnode::test
