#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"

namespace vnode::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

TEST(ForEach, VisitsEveryItem) {
  FakeNode node(add_loop_nodes, "For Each");
  node.set("collection", Value::list({"a", nullptr})).run();
  EXPECT_THAT(node.trace,
              ElementsAre("completed = False", "broken = False", "indices = [0, 1]",                        //
                          "current_item = 'a'", "current_index = 0", "yield", "each_item = True", "yield",  //
                          "current_item = None", "current_index = 1", "yield", "each_item = True", "yield",
                          "completed = True", "exec_on_finished = True"));
  EXPECT_THAT(node.returned, ElementsAre("indices = [0, 1]", "completed = True", "broken = False"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo, LogLevel::kSuccess));
}

TEST(ForEach, PullsItsConditionsWhereItReadsThem) {
  FakeNode node(add_loop_nodes, "For Each");
  node.wired_inputs = {"break_condition", "continue_condition"};
  node.set("collection", "x").set("break_condition", true).run();
  EXPECT_THAT(node.trace,
              ElementsAre("completed = False", "broken = False", "indices = [0]",                         //
                          "current_item = 'x'", "current_index = 0", "pull continue_condition", "yield",  //
                          "each_item = True", "pull break_condition", "yield", "completed = True",
                          "exec_on_finished = True"));
  EXPECT_EQ(to_repr(node.live("break_condition")), "False");
}

TEST(ForEach, HasNothingToDoForEmptyCollections) {
  for (const Value& empty :
       {Value(), Value(""), Value(0), Value(false), Value::empty_list(), Value(Dict())}) {
    FakeNode node(add_loop_nodes, "For Each");
    node.set("collection", empty).run();
    EXPECT_THAT(node.trace, ElementsAre("completed = False", "broken = False", "completed = True",
                                        "exec_on_finished = True"));
    EXPECT_THAT(node.returned, ElementsAre("indices = []", "completed = True", "broken = False"));
    EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
  }
}

TEST(ForEach, LogsAnErrorForWhatHasNoItems) {
  FakeNode node(add_loop_nodes, "For Each");
  node.set("collection", 5).run();
  EXPECT_THAT(node.returned, ElementsAre("indices = []", "completed = True", "broken = False"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kError));
}

TEST(ForEach, LeavesAfterTheItemThatBreaks) {
  FakeNode node(add_loop_nodes, "For Each");
  node.wired_inputs = {"break_condition"};
  node.on_push = [&node](const std::string& port, const Value&) {
    if (port == "each_item" && node.live("current_index").as_int() == 1)
      node.set_parameter("break_condition", 1);
  };
  node.set("collection", "abc").run();
  EXPECT_THAT(node.trace, Contains("current_item = 'b'"));
  EXPECT_THAT(node.trace, Not(Contains("current_item = 'c'")));
  EXPECT_THAT(node.trace, Not(Contains("completed = True")));
  EXPECT_THAT(node.returned, ElementsAre("indices = [0, 1, 2]", "completed = False", "broken = True"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo, LogLevel::kInfo));
}

TEST(ForEach, SkipsTheItemsThatContinue) {
  FakeNode node(add_loop_nodes, "For Each");
  node.wired_inputs = {"continue_condition"};
  node.on_pull = [&node](const std::string&) {
    node.set_parameter("continue_condition", node.live("current_index").as_int() == 0);
  };
  node.set("collection", Dict{{"k", 1}, {"l", 2}}).run();
  EXPECT_THAT(node.trace,
              ElementsAre("completed = False", "broken = False", "indices = [0, 1]", "current_item = 'k'",
                          "current_index = 0", "pull continue_condition", "yield", "exec_skip = True",
                          "current_item = 'l'", "current_index = 1", "pull continue_condition", "yield",
                          "each_item = True", "yield", "completed = True", "exec_on_finished = True"));
}

TEST(ForEach, GivesWayToAStop) {
  FakeNode node(add_loop_nodes, "For Each");
  node.on_push = [&node](const std::string& port, const Value&) { node.stopped = port == "each_item"; };
  node.set("collection", "abc");
  EXPECT_THROW(node.run(), Cancelled);
  EXPECT_EQ(node.trace.back(), "yield");
}

TEST(ForEach, HasNoExecOutButItsAlias) {
  FakeNode node(add_loop_nodes, "For Each");
  EXPECT_EQ(node.type->definition.find_output("exec_out"), nullptr);
  ASSERT_EQ(node.type->output_aliases.size(), 3u);
  EXPECT_EQ(node.type->output_aliases[2].second, "exec_on_finished");
}

TEST(ForEach, VisitsManyItems) {
  FakeNode node(add_loop_nodes, "For Each");
  std::size_t visits = 0;
  node.on_push = [&](const std::string& port, const Value&) {
    visits += port == "each_item";
    node.trace.clear();
  };
  node.set("collection", Value::list(std::vector<Value>(20'000, Value(1)))).run();
  EXPECT_EQ(visits, 20'000u);
}

TEST(WhileLoop, RunsWhileTheConditionHolds) {
  FakeNode node(add_loop_nodes, "While Loop");
  node.wired_inputs = {"condition"};
  node.on_pull = [&node](const std::string&) {
    node.set_parameter("condition", node.live("current_index").as_int() < 1);
  };
  node.set("condition", true).run();
  EXPECT_THAT(node.trace, ElementsAre("completed = False", "broken = False",  //
                                      "current_index = 0", "yield", "each_iteration = True", "pull condition",
                                      "yield",  //
                                      "current_index = 1", "yield", "each_iteration = True", "pull condition",
                                      "yield", "completed = True", "exec_on_finished = True"));
  EXPECT_THAT(node.returned, ElementsAre("completed = True", "broken = False", "current_index = 2"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
}

TEST(WhileLoop, LoopsToTheLimitWithoutACondition) {
  FakeNode node(add_loop_nodes, "While Loop");
  node.set("max_iterations", "3").run();
  EXPECT_THAT(node.returned, ElementsAre("completed = True", "broken = False", "current_index = 3"));
  node.set("max_iterations", "2.5").run();
  EXPECT_THAT(node.returned, ElementsAre("completed = True", "broken = False", "current_index = 1000"));
  node.set("max_iterations", -1).run();
  EXPECT_THAT(node.returned, ElementsAre("completed = True", "broken = False", "current_index = 0"));
}

TEST(WhileLoop, DoesNotRunOnASavedFalse) {
  FakeNode node(add_loop_nodes, "While Loop");
  node.set("condition", false).run();
  EXPECT_THAT(node.trace, ElementsAre("completed = False", "broken = False", "completed = True",
                                      "exec_on_finished = True"));
}

TEST(WhileLoop, EndsBrokenWhenItsBreakConditionHoldsBefore) {
  FakeNode node(add_loop_nodes, "While Loop");
  node.wired_inputs = {"break_condition"};
  node.on_pull = [&node](const std::string& port) { node.set_parameter(port, true); };
  node.run();
  EXPECT_THAT(node.trace, ElementsAre("completed = False", "broken = False", "pull break_condition",
                                      "broken = True", "exec_on_finished = True"));
  EXPECT_THAT(node.returned, ElementsAre("completed = False", "broken = True", "current_index = 0"));
}

TEST(WhileLoop, BreaksAfterTheBody) {
  FakeNode node(add_loop_nodes, "While Loop");
  node.wired_inputs = {"break_condition"};
  node.on_push = [&node](const std::string& port, const Value& value) {
    if (port == "current_index" && value.as_int() == 1) node.set_parameter("break_condition", true);
  };
  node.run();
  EXPECT_THAT(node.returned, ElementsAre("completed = False", "broken = True", "current_index = 1"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo, LogLevel::kInfo));
}

TEST(WhileLoop, CountsSkippedIterations) {
  FakeNode node(add_loop_nodes, "While Loop");
  node.wired_inputs = {"condition", "continue_condition"};
  node.on_pull = [&node](const std::string& port) { node.set_parameter(port, port == "continue_condition"); };
  node.set("condition", true).run();
  EXPECT_THAT(node.trace, ElementsAre("completed = False", "broken = False", "current_index = 0",
                                      "pull continue_condition", "yield", "exec_skip = True",
                                      "pull condition", "completed = True", "exec_on_finished = True"));
  EXPECT_THAT(node.returned, ElementsAre("completed = True", "broken = False", "current_index = 1"));
}

}  // namespace
}  // namespace vnode::test
