#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"

namespace vnode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Sequencer, PassesItsStepsOnInOrder) {
  FakeNode node(add_flow_nodes, "Sequencer", Dict{{"step_2", false}, {"step_10", "last"}});
  node.set("step_0", 1).run();
  EXPECT_THAT(node.trace, ElementsAre("result = 1", "exec_step = True", "yield",      //
                                      "result = False", "exec_step = True", "yield",  //
                                      "result = 'last'", "exec_step = True", "yield"));
  EXPECT_THAT(node.returned, ElementsAre("result = 'last'"));
  EXPECT_EQ(node.levels.front(), LogLevel::kInfo);
  EXPECT_EQ(node.levels.back(), LogLevel::kSuccess);
  EXPECT_EQ(node.levels.size(), 5u);
}

TEST(Sequencer, ContinuesAfterTheLastStepWhereAWireLeaves) {
  FakeNode node(add_flow_nodes, "Sequencer");
  node.run();
  EXPECT_THAT(node.trace, IsEmpty());
  EXPECT_THAT(node.returned, ElementsAre("result = None"));
  node.wired_outputs = {"exec_out"};
  node.set("step_0", 1).run();
  EXPECT_THAT(node.trace, ElementsAre("result = 1", "exec_step = True", "yield", "exec_out = True"));
}

TEST(Sequencer, RestoresTheStepsThatParametersName) {
  const Dict saved{{"step_2_b", nullptr}, {"step_x", 1}, {"step_", 1}, {"step_-4", 1}, {"other_9", 1}};
  FakeNode node(add_flow_nodes, "Sequencer", saved);
  ASSERT_EQ(node.inputs.size(), 3u);
  EXPECT_EQ(node.inputs[1].name, "step_1");
  EXPECT_EQ(node.inputs[2].name, "step_2");
  EXPECT_EQ(node.inputs[2].type, "any");
}

TEST(Sequencer, IgnoresAbsurdStepNumbers) {
  FakeNode huge(add_flow_nodes, "Sequencer",
                Dict{{"step_999999999", 1}, {"step_99999999999999999999999", 1}, {"step_1", 2}});
  EXPECT_EQ(huge.inputs.size(), 2u);
  FakeNode many(add_flow_nodes, "Sequencer", Dict{{"step_100000", 1}});
  EXPECT_EQ(many.inputs.size(), 100'001u);
}

std::string indices(Value start, Value end, Value step) {
  FakeNode node(add_flow_nodes, "for_loop");
  node.set("start", start).set("end", end).set("step", step).run();
  return node.failure ? "failed" : to_repr(node.live("indices"));
}

TEST(ForLoop, MakesTheIndicesAndContinuesOnce) {
  FakeNode node(add_flow_nodes, "for_loop");
  node.set("end", 3).run();
  EXPECT_THAT(node.trace, ElementsAre("indices = [0, 1, 2]", "current_index = 2", "exec_out = True"));
  EXPECT_THAT(node.returned, ElementsAre("indices = [0, 1, 2]", "current_index = 2"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo));
  node.set("end", 0).run();
  EXPECT_THAT(node.returned, ElementsAre("indices = []", "current_index = 0"));
}

TEST(ForLoop, CountsAsPythonsRange) {
  EXPECT_EQ(indices(10, 0, -3), "[10, 7, 4, 1]");
  EXPECT_EQ(indices(0, "10", 3.9), "[0, 3, 6, 9]");
  EXPECT_EQ(indices(0, 2, 0), "[0, 1]");
  EXPECT_EQ(indices("x", 2, nullptr), "[0, 1]");
  EXPECT_EQ(indices(8, nullptr, 1), "[8, 9]");
  EXPECT_EQ(indices(0, 5, -1), "[]");
}

TEST(ForLoop, WorksAtTheLimitsOf64Bits) {
  const auto max = std::numeric_limits<std::int64_t>::max();
  const auto min = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(indices(max - 1, max, 5), "[9223372036854775806]");
  EXPECT_EQ(indices(min, max, max), "[-9223372036854775808, -1, 9223372036854775806]");
  EXPECT_EQ(indices(max, min, min), "[9223372036854775807, -1]");
  EXPECT_EQ(indices(0, max, 1), "failed");
  EXPECT_EQ(indices(0, Value::big_int("100000000000000000000"), 1), "failed");
}

TEST(DelayTimer, SleepsThenContinues) {
  FakeNode node(add_flow_nodes, "delay_timer");
  node.set("delay", "0.25").run();
  EXPECT_THAT(node.trace, ElementsAre("sleep 250 ms", "exec_out = True"));
  EXPECT_THAT(node.returned, IsEmpty());
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kInfo, LogLevel::kSuccess));
  node.set("delay", -1).run();
  EXPECT_THAT(node.trace, ElementsAre("sleep 0 ms", "exec_out = True"));
  node.set("delay", "inf").run();
  EXPECT_EQ(node.trace.size(), 2u);
}

TEST(DelayTimer, FailsOnWhatIsNoNumber) {
  FakeNode node(add_flow_nodes, "delay_timer");
  for (const Value& bad : {Value(), Value("soon"), Value(std::nan(""))}) {
    node.set("delay", bad).run();
    EXPECT_TRUE(node.failure.has_value());
    EXPECT_THAT(node.trace, IsEmpty());
  }
}

TEST(DelayTimer, GivesWayToAStop) {
  FakeNode node(add_flow_nodes, "delay_timer");
  node.stopped = true;
  EXPECT_THROW(node.run(), Cancelled);
}

}  // namespace
}  // namespace vnode::test
