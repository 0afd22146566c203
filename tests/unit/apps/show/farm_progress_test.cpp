#include "apps/vnode/show/farm_progress.h"

#include <gtest/gtest.h>

#include <array>

namespace vnode {
namespace {

Uuid id(unsigned number) {
  return *Uuid::parse("00000000-0000-0000-0000-00000000000" + std::to_string(number));
}

Event event(EventBody body, unsigned node = 0, std::span<const std::int64_t> iteration = {}) {
  Event made;
  if (node > 0) made.node = NodeRef{.instance_id = id(node), .node_type = "t", .iteration = iteration};
  made.body = std::move(body);
  return made;
}

TEST(FarmProgressOfARun, CountsNodes) {
  FarmProgress progress;
  progress.apply(event(ExecutionStarted{.nodes = 4}));
  EXPECT_EQ(progress.fraction(), 0);
  progress.apply(event(NodeFinished{}, 1));
  progress.apply(event(NodeFinished{}, 1));  // again, in a loop
  EXPECT_EQ(progress.fraction(), 0.25);
  progress.apply(event(NodeProgress{.fraction = 0.5}, 2));
  EXPECT_EQ(progress.fraction(), 0.375);
  progress.apply(event(NodeFinished{}, 2));
  EXPECT_EQ(progress.fraction(), 0.5);
}

TEST(FarmProgressOfARun, CountsTheItemsOfMapsAndLoops) {
  FarmProgress progress;
  progress.apply(event(ExecutionStarted{.nodes = 2}));
  progress.apply(event(NodeProgress{.fraction = 0.25, .message = "2 of 8, 1 failed"}, 1));
  EXPECT_EQ(progress.fraction(), 0.2);
  const std::array<std::int64_t, 1> item{3};
  progress.apply(event(NodeFinished{}, 2, item));
  EXPECT_EQ(progress.fraction(), 0.3);
  FarmProgress loop;
  loop.apply(event(ExecutionStarted{.nodes = 1}));
  const std::array<PortValue, 1> indices{PortValue{"indices", Value::list({Value(0), Value(1), Value(2)})}};
  loop.apply(event(NodeOutput{indices}, 1));
  const std::array<PortValue, 1> second{PortValue{"current_index", Value(2)}};
  loop.apply(event(NodeOutput{second}, 1));
  EXPECT_EQ(loop.fraction(), 0.5);
}

TEST(FarmProgressOfARun, NeverGoesBackAndIsWholeAtAGoodEndOnly) {
  FarmProgress progress;
  progress.apply(event(ExecutionStarted{.nodes = 1}));
  progress.apply(event(NodeProgress{.fraction = 0.9}, 1));
  progress.apply(event(NodeProgress{.fraction = 0.1}, 1));
  EXPECT_EQ(progress.fraction(), 0.9);
  progress.apply(event(NodeFinished{}, 1));
  EXPECT_LT(progress.fraction(), 1);
  progress.apply(event(ExecutionFinished{.status = RunStatus::kFailed}));
  EXPECT_LT(progress.fraction(), 1);
  progress.apply(event(ExecutionFinished{.status = RunStatus::kCompleted}));
  EXPECT_EQ(progress.fraction(), 1);
}

}  // namespace
}  // namespace vnode
