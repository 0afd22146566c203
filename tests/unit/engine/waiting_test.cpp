// Rule 11: nodes that are being executed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;

TEST(Waiting, ANodeIsNotEnteredAgainOnItsOwnChain) {
  WorkflowBuilder w;
  w.node("a", "test_pass").exec("a", "a");
  w.node("b", "test_pass").exec("b", "a");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("started a exec"), 1u);
}

TEST(Waiting, APullWaitsForThePushedPort) {
  // The other chain's pull goes on, at the end of the ready queue, once the value is there.
  WorkflowBuilder w;
  w.node("slow", "test_yield", {{"times", 2}})
      .node("late", "test_yield", {{"times", 4}})
      .node("go", "test_pass");
  w.node("end", "test_pass").exec("go", "end").data("late.value", "end.in").data("slow.value", "late.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("end", "out"), "4");
  const auto lines = run.sink().only({"output late value", "started end"});
  EXPECT_THAT(lines, ElementsAre("output late value=4", "output late value=4", "started end exec"));
}

TEST(Waiting, APullWaitsForTheEnd) {
  // The wanted port is only returned.
  Registry registry = test_registry();
  NodeLibrary library;
  library.add({.definition = {.node_id = "test_return_late", .use_exec = false, .outputs = {{"value"}}},
               .execute = [](NodeContext& node) -> Task<Outputs> {
                 co_await node.yield();
                 co_await node.yield();
                 co_return Outputs{{"value", 5}};
               }});
  registry.add_library(library);
  WorkflowBuilder w;
  w.node("late", "test_return_late").node("go", "test_pass").node("end", "test_pass");
  w.exec("go", "end").data("late.value", "end.in");
  RunHarness run(w, {}, registry);
  run.run();
  EXPECT_EQ(run.result("end", "out"), "5");
  EXPECT_EQ(run.sink().count("started late start"), 1u);
}

TEST(Waiting, ATriggerWaitsUntilTheNodeIsFree) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").node("shared", "test_yield", {{"times", 3}});
  w.exec("a", "shared").exec("b", "shared");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"started shared", "finished shared"}),
              ElementsAre("started shared exec", "finished shared success", "started shared exec",
                          "finished shared success"));
}

TEST(Waiting, TriggersAreServedInOrder) {
  WorkflowBuilder w;
  w.node("a", "test_pass")
      .node("b", "test_pass")
      .node("c", "test_pass")
      .node("shared", "test_yield", {{"times", 1}});
  w.exec("a", "shared").exec("b", "shared").exec("c", "shared");
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"finished"}),
              ElementsAre("finished shared success", "finished a success", "finished shared success",
                          "finished b success", "finished shared success", "finished c success"));
}

TEST(Waiting, ACircleOfWaitsReturnsAtOnce) {
  // Each chain executes one node and then triggers the other chain's.
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass");
  w.node("x", "test_yield", {{"times", 2}}).node("y", "test_yield", {{"times", 2}});
  w.exec("a", "x").exec("b", "y").exec("x", "y").exec("y", "x");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().lines.back(), "execution_finished completed 0");
  EXPECT_EQ(run.sink().count("started y exec") + run.sink().count("started x exec"), 3u);
}

}  // namespace
}  // namespace vnode::test
