#include "events/run_tally.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

class RunTallyTest : public testing::Test {
 protected:
  void start(std::size_t nodes) { tell(std::nullopt, ExecutionStarted{"w.json", "w", nodes, 0}); }
  void finish(int number, NodeStatus status = NodeStatus::kSuccess, bool is_handled = false) {
    tell(NodeRef{id_of(number), "x"}, NodeFinished{status, {}, {}, is_handled});
  }
  static Uuid id_of(int number) {
    return *Uuid::parse("00000000-0000-0000-0000-" + std::to_string(100'000'000'000 + number));
  }
  void tell(std::optional<NodeRef> node, EventBody body) {
    tally_.apply(Event{1, WallTime(), "run", node, std::move(body)});
  }
  RunTally tally_;
};

using Counts = RunTally::Counts;

TEST_F(RunTallyTest, CountsNodesOnceHoweverOftenTheyAreExecuted) {
  EXPECT_EQ(tally_.counts(), Counts());
  start(4);
  finish(1);
  finish(1);
  finish(2, NodeStatus::kSkipped);
  EXPECT_EQ(tally_.counts(), (Counts{4, 2, 0}));
}

TEST_F(RunTallyTest, CountsFailuresThatCount) {
  start(4);
  finish(1, NodeStatus::kFailed);
  finish(2, NodeStatus::kFailed, true);
  finish(3, NodeStatus::kRetried);
  EXPECT_EQ(tally_.counts(), (Counts{4, 2, 1}));
  finish(1);
  EXPECT_EQ(tally_.counts(), (Counts{4, 2, 0})) << "the last time counts";
  start(5);
  EXPECT_EQ(tally_.counts(), (Counts{5, 0, 0})) << "another attempt begins anew";
}

TEST_F(RunTallyTest, NodesInGroupsAreTheirGroups) {
  start(1);
  const Uuid group = id_of(7);
  tell(NodeRef{id_of(1), "x", {&group, 1}}, NodeFinished{});
  EXPECT_EQ(tally_.counts().ended, 0u);
  const std::int64_t item = 3;
  for (int i = 0; i < 3; ++i) {
    tell(NodeRef{id_of(2), "x", {}, {}, {&item, 1}}, NodeFinished{});
  }
  EXPECT_EQ(tally_.counts().ended, 1u);
}

}  // namespace
}  // namespace vnode
