// Rule 6.
#include "tasks/queue_planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class QueuePlannerTest : public testing::Test {
 protected:
  QueuePlannerTest() {
    planner.set_queue("line", 1);
    planner.set_queue("wide", 2);
    planner.set_queue("other", 10);
    planner.set_resource("license", 1);
    planner.set_resource("gpu", 4);
  }

  /// All that may start now.
  std::vector<TaskKey> start() {
    std::vector<TaskKey> started;
    while (auto key = planner.start_next()) started.push_back(*key);
    return started;
  }
  std::vector<TaskKey> end(TaskKey key) {
    planner.remove(key);
    return start();
  }

  QueuePlanner planner;
};

TEST_F(QueuePlannerTest, ConcurrencyOneIsStrictSubmissionOrder) {
  for (TaskKey key : {1, 2, 3}) planner.add(key, "line", 0, {});
  EXPECT_THAT(start(), ElementsAre(1));
  EXPECT_THAT(end(1), ElementsAre(2));
  EXPECT_THAT(end(2), ElementsAre(3));
  EXPECT_THAT(end(3), IsEmpty());
}

TEST_F(QueuePlannerTest, HigherPriorityFirstTiesInOrderOfSubmission) {
  planner.add(1, "line", 0, {});
  planner.add(2, "line", 5, {});
  planner.add(3, "line", 5, {});
  planner.add(4, "line", -1, {});
  EXPECT_THAT(start(), ElementsAre(2));
  EXPECT_THAT(end(2), ElementsAre(3));
  EXPECT_THAT(end(3), ElementsAre(1));
  EXPECT_THAT(end(1), ElementsAre(4));
}

TEST_F(QueuePlannerTest, AQueueRunsAsManyAsItMay) {
  for (TaskKey key = 1; key <= 4; ++key) planner.add(key, "wide", 0, {});
  EXPECT_THAT(start(), ElementsAre(1, 2));
  planner.set_queue("wide", 3);
  EXPECT_THAT(start(), ElementsAre(3));
  planner.set_queue("wide", 0);  // at least one
  EXPECT_THAT(end(1), IsEmpty());
  EXPECT_THAT(end(2), IsEmpty());
  EXPECT_THAT(end(3), ElementsAre(4));
}

TEST_F(QueuePlannerTest, PausingLetsWhatRunsGoOn) {
  planner.add(1, "line", 0, {});
  planner.add(2, "line", 0, {});
  EXPECT_THAT(start(), ElementsAre(1));
  planner.set_paused("line", true);
  EXPECT_THAT(end(1), IsEmpty());
  planner.set_paused("line", false);
  EXPECT_THAT(start(), ElementsAre(2));
  EXPECT_THROW(planner.set_paused("nowhere", true), std::invalid_argument);
}

TEST_F(QueuePlannerTest, OnlyAnEmptyQueueCanBeRemoved) {
  planner.add(1, "line", 0, {});
  EXPECT_FALSE(planner.remove_queue("line"));
  EXPECT_THAT(start(), ElementsAre(1));
  EXPECT_FALSE(planner.remove_queue("line"));
  planner.remove(1);
  EXPECT_TRUE(planner.remove_queue("line"));
  EXPECT_FALSE(planner.remove_queue("line"));
  EXPECT_FALSE(planner.has_queue("line"));
}

TEST_F(QueuePlannerTest, ResourcesLimitAcrossQueues) {
  planner.add(1, "wide", 0, {{"license", 1}});
  planner.add(2, "other", 0, {{"license", 1}});
  planner.add(3, "other", 0, {});
  EXPECT_THAT(start(), ElementsAre(1, 3));
  EXPECT_THAT(end(1), ElementsAre(2));
}

TEST_F(QueuePlannerTest, AStrictQueueWaitsForTheResourceOfItsFirst) {
  planner.add(1, "other", 0, {{"license", 1}});
  planner.add(2, "line", 0, {{"license", 1}});
  planner.add(3, "line", 0, {});
  EXPECT_THAT(start(), ElementsAre(1));
  EXPECT_THAT(end(1), ElementsAre(2));
  EXPECT_THAT(end(2), ElementsAre(3));
}

TEST_F(QueuePlannerTest, WhatAWaitingTaskNeedsIsKeptForIt) {
  planner.add(1, "wide", 0, {{"gpu", 3}});
  EXPECT_THAT(start(), ElementsAre(1));
  planner.add(2, "wide", 0, {{"gpu", 2}});
  planner.add(3, "other", 0, {{"gpu", 1}});  // there is one, but the task before needs it
  planner.add(4, "other", 0, {{"license", 1}});
  EXPECT_THAT(start(), ElementsAre(4));
  EXPECT_THAT(end(1), ElementsAre(2, 3));
}

TEST_F(QueuePlannerTest, WhatIsNotNeededIsNotKept) {
  planner.add(1, "other", 0, {{"license", 1}});
  EXPECT_THAT(start(), ElementsAre(1));
  planner.add(2, "other", 0, {{"license", 1}, {"gpu", 3}});
  planner.add(3, "other", 0, {{"gpu", 1}});
  planner.add(4, "other", 0, {{"gpu", 1}});
  EXPECT_THAT(start(), ElementsAre(3));
}

TEST_F(QueuePlannerTest, ATaskThatOthersHavePassedGetsItsTurnInTheEnd) {
  planner.add(1, "other", 0, {{"license", 1}});
  EXPECT_THAT(start(), ElementsAre(1));
  planner.add(2, "wide", 0, {{"license", 1}});
  planner.add(3, "wide", 0, {});
  planner.add(4, "wide", 0, {});
  planner.add(5, "other", 0, {{"license", 1}});
  EXPECT_THAT(start(), ElementsAre(3, 4));
  // Its queue is full of those that have passed it, and nobody else gets the resource meanwhile.
  EXPECT_THAT(end(1), IsEmpty());
  EXPECT_THAT(end(3), ElementsAre(2));
  EXPECT_THAT(end(2), ElementsAre(5));
}

TEST_F(QueuePlannerTest, ATaskThatWaitsForItsQueueAloneKeepsNothing) {
  planner.add(1, "wide", 0, {});
  planner.add(2, "wide", 0, {});
  planner.add(3, "wide", 0, {{"license", 1}});
  planner.add(4, "other", 0, {{"license", 1}});
  EXPECT_THAT(start(), ElementsAre(1, 2, 4));
}

TEST_F(QueuePlannerTest, APausedQueueKeepsNothing) {
  planner.add(1, "other", 0, {{"gpu", 4}});
  EXPECT_THAT(start(), ElementsAre(1));
  planner.add(2, "wide", 0, {{"gpu", 4}});
  planner.set_paused("wide", true);
  planner.add(3, "other", 0, {{"gpu", 1}});
  EXPECT_THAT(end(1), ElementsAre(3));
}

TEST_F(QueuePlannerTest, NothingIsKeptForWhatCanNeverRun) {
  planner.add(1, "other", 0, {{"license", 1}, {"gpu", 5}});
  planner.add(2, "other", 0, {{"license", 1}, {"maya", 1}});
  planner.add(3, "other", 0, {{"license", 1}});
  EXPECT_THAT(start(), ElementsAre(3));
  planner.set_resource("maya", 1);
  EXPECT_THAT(end(3), ElementsAre(2));
}

TEST_F(QueuePlannerTest, ThereIsNoSuchResourceUntilItIsMade) {
  planner.add(1, "other", 0, {{"maya", 1}});
  EXPECT_THAT(start(), IsEmpty());
  planner.set_resource("maya", 1);
  EXPECT_THAT(start(), ElementsAre(1));
}

TEST_F(QueuePlannerTest, AmountsBelowOneAskForNothing) {
  planner.add(1, "other", 0, {{"maya", 0}, {"license", -3}});
  EXPECT_THAT(start(), ElementsAre(1));
  EXPECT_EQ(planner.resources()[1].used, 0);
}

TEST_F(QueuePlannerTest, AResourceThatShrinksOrGoesStaysInUse) {
  planner.add(1, "other", 0, {{"gpu", 3}});
  EXPECT_THAT(start(), ElementsAre(1));
  planner.set_resource("gpu", 2);
  planner.add(2, "other", 0, {{"gpu", 1}});
  EXPECT_THAT(start(), IsEmpty());
  planner.remove_resource("gpu");
  EXPECT_EQ(planner.resources().size(), 1u);
  planner.set_resource("gpu", 4);
  EXPECT_EQ(planner.resources()[0].used, 3);
  EXPECT_THAT(start(), ElementsAre(2));
  planner.remove_resource("gpu");
  planner.remove(1);
  planner.remove(2);
  planner.set_resource("gpu", 4);
  EXPECT_EQ(planner.resources()[0].used, 0);
  planner.remove_resource("nothing");
}

TEST_F(QueuePlannerTest, ATaskThatIsAddedAgainKeepsItsPlace) {
  for (TaskKey key : {1, 2, 3}) planner.add(key, "line", 0, {});
  EXPECT_THAT(start(), ElementsAre(1));
  planner.remove(1);
  planner.add(1, "line", 0, {});
  EXPECT_THAT(start(), ElementsAre(1));
}

TEST_F(QueuePlannerTest, AHeldTaskKeepsItsPlaceInAStrictQueueOnly) {
  QueuePlanner planner;
  planner.set_queue("line", 1);
  planner.set_queue("wide", 2);
  planner.set_resource("x", 1);
  planner.hold(1, "line", 0);
  planner.add(2, "line", 0, {{"x", 1}});
  planner.hold(3, "wide", 0);
  planner.add(4, "wide", 0, {{"x", 1}});
  EXPECT_EQ(planner.start_next(), 4u) << "nothing is kept for one that is held up";
  EXPECT_EQ(planner.start_next(), std::nullopt);
  planner.add(5, "line", 1, {});
  EXPECT_EQ(planner.start_next(), 5u) << "a higher priority comes before it";
  planner.remove(5);
  planner.remove(1);
  planner.add(1, "line", 0, {});
  EXPECT_EQ(planner.start_next(), 1u);
  EXPECT_FALSE(planner.remove_queue("wide"));
  planner.remove(3);
  planner.remove(4);
  EXPECT_TRUE(planner.remove_queue("wide"));
}

TEST_F(QueuePlannerTest, APendingTaskCanBeRemoved) {
  for (TaskKey key : {1, 2, 3}) planner.add(key, "line", 0, {});
  planner.remove(1);
  planner.remove(99);
  EXPECT_THAT(start(), ElementsAre(2));
}

TEST_F(QueuePlannerTest, HugeAmountsDoNotOverflow) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  planner.set_resource("memory", most);
  planner.add(1, "other", 0, {{"memory", 1}});
  EXPECT_THAT(start(), ElementsAre(1));
  planner.add(2, "other", 0, {{"memory", most}});
  planner.add(3, "wide", 0, {{"memory", most}});
  planner.add(4, "other", 0, {{"memory", 2}});
  EXPECT_THAT(start(), IsEmpty());
  EXPECT_THAT(end(1), ElementsAre(2));
}

TEST_F(QueuePlannerTest, ShowsItsQueuesAndResources) {
  for (TaskKey key = 1; key <= 5; ++key) planner.add(key, "wide", 0, {{"gpu", 1}});
  start();
  planner.set_paused("other", true);
  const std::vector<QueueView> queues = planner.queues();
  ASSERT_EQ(queues.size(), 3u);
  EXPECT_EQ(queues[0].name, "line");
  EXPECT_EQ(queues[1].name, "other");
  EXPECT_TRUE(queues[1].is_paused);
  EXPECT_EQ(queues[2].name, "wide");
  EXPECT_EQ(queues[2].concurrency, 2u);
  EXPECT_EQ(queues[2].running, 2u);
  EXPECT_EQ(queues[2].pending, 3u);
  EXPECT_FALSE(queues[2].is_paused);
  const std::vector<ResourceView> resources = planner.resources();
  ASSERT_EQ(resources.size(), 2u);
  EXPECT_EQ(resources[0].name, "gpu");
  EXPECT_EQ(resources[0].total, 4);
  EXPECT_EQ(resources[0].used, 2);
}

TEST_F(QueuePlannerTest, TheQueueOfATaskMustExist) {
  EXPECT_TRUE(planner.has_queue("line"));
  EXPECT_FALSE(planner.has_queue("nowhere"));
  EXPECT_THROW(planner.add(1, "nowhere", 0, {}), std::invalid_argument);
}

}  // namespace
}  // namespace vnode
