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
    tally_.apply(Event{1, now_, "run", node, std::move(body)});
  }
  void begin_node(int number) { tell(NodeRef{id_of(number), "x"}, NodeStarted{}); }
  void progress(int number, double fraction) { tell(NodeRef{id_of(number), "x"}, NodeProgress{fraction}); }
  WallTime now_{std::chrono::hours(1)};
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

TEST_F(RunTallyTest, CountsWhatNodesAtWorkTell) {
  start(4);
  finish(1);
  begin_node(2);
  EXPECT_DOUBLE_EQ(tally_.counts().fraction(), 0.25) << "nothing was told yet";
  EXPECT_FALSE(tally_.counts().slowest);
  progress(2, 0.5);
  EXPECT_DOUBLE_EQ(tally_.counts().fraction(), 0.375);
  finish(2, NodeStatus::kRetried);
  EXPECT_DOUBLE_EQ(tally_.counts().fraction(), 0.25) << "the next try begins anew";
  begin_node(2);
  progress(2, 0.75);
  finish(2);
  EXPECT_DOUBLE_EQ(tally_.counts().fraction(), 0.5);
  EXPECT_FALSE(tally_.counts().slowest);
  begin_node(2);
  progress(2, 0.5);
  EXPECT_DOUBLE_EQ(tally_.counts().fraction(), 0.5) << "it has ended before, and counts as that";
  EXPECT_EQ(tally_.counts().slowest->permille, 500);
}

TEST_F(RunTallyTest, KnowsWhichNodeWillEndLast) {
  start(4);
  begin_node(1);
  const WallTime first = now_;
  now_ += std::chrono::seconds(100);
  begin_node(2);
  now_ += std::chrono::seconds(10);
  progress(1, 0.9);  // 110 s for nine tenths: 12 s
  progress(2, 0.1);  // 10 s for one tenth: 90 s
  EXPECT_EQ(tally_.counts().slowest->started_at, first + std::chrono::seconds(100));
  EXPECT_EQ(tally_.counts().slowest->permille, 100);
  finish(2);
  EXPECT_EQ(tally_.counts().slowest->started_at, first);
  start(4);
  EXPECT_FALSE(tally_.counts().slowest) << "another attempt begins anew";
}

TEST_F(RunTallyTest, ItemsOfAMapAreToldByTheMap) {
  start(2);
  begin_node(1);
  progress(1, 0.25);
  const std::int64_t item = 3;
  tell(NodeRef{id_of(2), "x", {}, {}, {&item, 1}}, NodeStarted{});
  tell(NodeRef{id_of(2), "x", {}, {}, {&item, 1}}, NodeProgress{0.5});
  EXPECT_DOUBLE_EQ(tally_.counts().fraction(), 0.125);
  tell(NodeRef{id_of(2), "x", {}, {}, {&item, 1}}, NodeFinished{});
  EXPECT_EQ(tally_.counts().ended, 1u);
  EXPECT_DOUBLE_EQ(tally_.counts().fraction(), 0.25)
      << "one item of four: nothing is more than a quarter done";
  progress(1, 0.5);
  EXPECT_DOUBLE_EQ(tally_.counts().fraction(), 0.5);
  finish(1);
  EXPECT_DOUBLE_EQ(tally_.counts().fraction(), 1);
}

}  // namespace
}  // namespace vnode
