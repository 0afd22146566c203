#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"

namespace vnode::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

TEST(LoopBody, VisitsElementsWithPauses) {
  FakeNode node(add_timed_loop_nodes, "loop_body");
  node.set("indices", Value::list({5, "x"})).set("delay", "0.5").run();
  EXPECT_THAT(node.trace,
              ElementsAre("completed = False", "broken = False",                                    //
                          "sleep 10 ms", "current_index = 5", "exec_out = True", "sleep 500 ms",    //
                          "sleep 10 ms", "current_index = 'x'", "exec_out = True", "sleep 500 ms",  //
                          "completed = True", "exec_on_finished = True"));
  EXPECT_THAT(node.returned,
              ElementsAre("results = [5, 'x']", "current_index = 'x'", "completed = True", "broken = False"));
  EXPECT_THAT(node.levels,
              ElementsAre(LogLevel::kInfo, LogLevel::kInfo, LogLevel::kInfo, LogLevel::kSuccess));
}

TEST(LoopBody, PushesItsResultsBeforeTheEndWhereAWireLeaves) {
  FakeNode node(add_timed_loop_nodes, "loop_body");
  node.wired_outputs = {"results"};
  node.set("indices", "a").set("delay", nullptr).run();
  EXPECT_THAT(node.trace, ElementsAre("completed = False", "broken = False", "sleep 10 ms",
                                      "current_index = 'a'", "exec_out = True", "completed = True",
                                      "results = ['a']", "exec_on_finished = True"));
}

TEST(LoopBody, ChecksTheBreakConditionBeforeAnElement) {
  FakeNode node(add_timed_loop_nodes, "loop_body");
  node.on_push = [&node](const std::string& port, const Value&) {
    if (port == "exec_out") node.set_parameter("break_condition", true);
  };
  node.set("indices", Value::list({1, 2})).set("break_condition", true).run();
  EXPECT_THAT(node.trace, Contains("current_index = 1"));
  EXPECT_THAT(node.trace, Not(Contains("current_index = 2")));
  EXPECT_THAT(node.trace, Contains("broken = True"));
  EXPECT_THAT(node.returned,
              ElementsAre("results = [1]", "current_index = 1", "completed = False", "broken = True"));
  EXPECT_EQ(node.levels.back(), LogLevel::kError);
}

TEST(LoopBody, TakesNoneAsNothingAndFailsOnNumbers) {
  FakeNode node(add_timed_loop_nodes, "loop_body");
  node.set("indices", nullptr).run();
  EXPECT_THAT(node.returned,
              ElementsAre("results = []", "current_index = None", "completed = True", "broken = False"));
  node.set("indices", 5).run();
  EXPECT_TRUE(node.failure.has_value());
}

TEST(TimedWhileLoop, RunsUntilTheLiveConditionIsFalse) {
  FakeNode node(add_timed_loop_nodes, "while_loop");
  node.on_push = [&node](const std::string& port, const Value& value) {
    if (port == "current_index") node.set_parameter("condition", value.as_int() < 1);
  };
  node.set("condition", true).run();
  EXPECT_THAT(node.trace,
              ElementsAre("current_index = 0", "exec_out = True", "sleep 50 ms",  //
                          "current_index = 1", "exec_out = True", "sleep 50 ms", "iterations = 2"));
  EXPECT_THAT(node.returned, ElementsAre("current_index = 2", "iterations = 2"));
  EXPECT_TRUE(node.logs.empty());
}

TEST(TimedWhileLoop, ContinuesAtTheEndWhereAWireLeaves) {
  FakeNode node(add_timed_loop_nodes, "while_loop");
  node.wired_outputs = {"exec_on_finished"};
  node.run();
  EXPECT_THAT(node.trace, ElementsAre("iterations = 0", "exec_on_finished = True"));
  node.set("condition", true).set("max_iterations", 2).run();
  EXPECT_THAT(node.returned, ElementsAre("current_index = 2", "iterations = 2"));
}

}  // namespace
}  // namespace vnode::test
