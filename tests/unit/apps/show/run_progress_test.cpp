#include "apps/vnode/show/run_progress.h"

#include <gtest/gtest.h>

#include <array>

namespace vnode {
namespace {

/// Feeds events of numbered nodes.
class RunProgressTest : public testing::Test {
 protected:
  void send(int node, EventBody body, std::span<const Uuid> path = {}) {
    progress.apply({++seq, WallTime(std::chrono::seconds(seq)), "run", NodeRef{id(node), "type", path},
                    std::move(body)});
  }
  void start(int node) { send(node, NodeStarted{}); }
  void finish(int node, NodeStatus status = NodeStatus::kSuccess) {
    send(node, NodeFinished{status, {}, "why"});
  }
  static Uuid id(int node) {
    char text[37];
    std::snprintf(text, sizeof text, "00000000-0000-0000-0000-%012d", node);
    return *Uuid::parse(text);
  }
  std::vector<Uuid> latest(std::size_t count) {
    std::vector<Uuid> ids;
    for (const RunProgress::Node* node : progress.latest_running(count)) ids.push_back(node->id);
    return ids;
  }

  RunProgress progress;
  std::uint64_t seq = 0;
};

TEST_F(RunProgressTest, CountsEachInstanceOnce) {
  progress.apply({++seq, {}, "run", std::nullopt, ExecutionStarted{"p", "n", 3, 0}});
  for (int round = 0; round < 5; ++round) {
    start(1);
    finish(1);
  }
  EXPECT_EQ(progress.total(), 3u);
  EXPECT_EQ(progress.ended(), 1u);
}

TEST_F(RunProgressTest, NodesInGroupsDoNotCountTowardsTheTotal) {
  const std::array path = {id(9)};
  send(1, NodeStarted{}, path);
  EXPECT_EQ(progress.running(), 1u);
  send(1, NodeFinished{}, path);
  EXPECT_EQ(progress.ended(), 0u);
  EXPECT_EQ(progress.running(), 0u);
}

TEST_F(RunProgressTest, KnowsWhatRunsInOrderOfStart) {
  for (int node = 1; node <= 5; ++node) start(node);
  finish(2);
  EXPECT_EQ(latest(10), (std::vector{id(1), id(3), id(4), id(5)}));
  EXPECT_EQ(latest(2), (std::vector{id(4), id(5)}));
  for (int node : {5, 1, 4, 3}) finish(node);
  EXPECT_EQ(progress.running(), 0u);
}

TEST_F(RunProgressTest, RemembersTheLastOutcome) {
  start(1);
  send(1, NodeError{"broken"});
  finish(1, NodeStatus::kFailed);
  finish(2, NodeStatus::kSkipped);
  EXPECT_EQ(progress.failed(), 1u);
  ASSERT_EQ(progress.troubled().size(), 2u);
  EXPECT_EQ(progress.troubled()[0]->error, "why");
  EXPECT_EQ(progress.troubled()[1]->error, "broken");
  start(1);
  finish(1);
  EXPECT_EQ(progress.failed(), 0u);
  EXPECT_EQ(progress.troubled().size(), 1u);
}

TEST_F(RunProgressTest, CountsNoFailureThatIsHandled) {
  start(1);
  send(1, NodeError{"broken", "", "", true});
  send(1, NodeFinished{NodeStatus::kFailed, Duration(0), "", true});
  EXPECT_EQ(progress.failed(), 0u);
  ASSERT_EQ(progress.troubled().size(), 1u);  // but it is seen
  EXPECT_TRUE(progress.troubled()[0]->is_handled);
}

// Engine rule 44.
TEST_F(RunProgressTest, ItemsOfAMapAreShownApart) {
  progress.apply({++seq, {}, "run", std::nullopt, ExecutionStarted{"p", "n", 3, 0}});
  const std::array<std::int64_t, 1> first{0};
  const std::array<std::int64_t, 2> second{7, 1};
  const auto send_item = [&](std::span<const std::int64_t> iteration, EventBody body) {
    progress.apply({++seq, WallTime(std::chrono::seconds(seq)), "run",
                    NodeRef{id(1), "type", {}, {}, iteration}, std::move(body)});
  };
  send_item(first, NodeStarted{});
  send_item(second, NodeStarted{});
  ASSERT_EQ(progress.latest_running(5).size(), 2u);
  EXPECT_EQ(progress.latest_running(5)[1]->item, "[7][1]");
  send_item(first, NodeFinished{NodeStatus::kSuccess});
  send_item(second, NodeFinished{NodeStatus::kFailed});
  EXPECT_EQ(progress.running(), 0u);
  EXPECT_EQ(progress.ended(), 1u) << "it is one node";
  EXPECT_EQ(progress.failed(), 1u);
  ASSERT_EQ(progress.troubled().size(), 1u);
  EXPECT_EQ(progress.troubled()[0]->item, "[7][1]");
}

/// Three of four nodes have ended at once; the fourth maps a thousand items.
TEST_F(RunProgressTest, TimeLeftIsNoLessThanThatOfAMap) {
  const auto at = [this](int second, int node, EventBody body) {
    progress.apply(
        {++seq, WallTime(std::chrono::seconds(second)), "run", NodeRef{id(node), "type"}, std::move(body)});
  };
  progress.apply(
      {++seq, WallTime(std::chrono::seconds(0)), "run", std::nullopt, ExecutionStarted{"p", "n", 4, 0}});
  EXPECT_FALSE(progress.seconds_left(std::chrono::seconds(10)));
  for (int node = 1; node <= 3; ++node) {
    at(0, node, NodeStarted{});
    at(0, node, NodeFinished{});
  }
  EXPECT_NEAR(*progress.seconds_left(std::chrono::seconds(20)), 20.0 / 3, 0.01);
  at(10, 4, NodeStarted{});
  at(20, 4, NodeProgress{0.01});
  EXPECT_NEAR(*progress.seconds_left(std::chrono::seconds(20)), 990, 0.01);
  EXPECT_NEAR(*progress.seconds_left(std::chrono::seconds(30)), 1980, 0.01) << "no item more in as long";
  at(40, 4, NodeFinished{});
  EXPECT_FALSE(progress.seconds_left(std::chrono::seconds(40)));
}

}  // namespace
}  // namespace vnode
