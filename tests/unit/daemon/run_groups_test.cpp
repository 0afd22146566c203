#include "daemon/run_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vnode {
namespace {

using testing::ElementsAre;

GroupRow row(std::int64_t number, std::string id, std::int64_t size = 3) {
  GroupRow group;
  group.number = number;
  group.id = std::move(id);
  group.size = size;
  return group;
}

std::vector<std::string> ids(const std::vector<const RunGroup*>& groups) {
  std::vector<std::string> all;
  for (const RunGroup* group : groups) all.push_back(group->row.id);
  return all;
}

TEST(RunGroupsOfADaemon, StandAsTheirRunsDo) {
  RunGroups groups;
  groups.add(row(1, "g1"));
  groups.count(1, RunStatus::kPending, 3);
  const RunGroup& group = *groups.find(1);
  EXPECT_EQ(group.status(), RunStatus::kPending);
  const auto move = [&groups](RunStatus from, RunStatus to) {
    groups.count(1, from, -1);
    groups.count(1, to, 1);
  };
  move(RunStatus::kPending, RunStatus::kRunning);
  EXPECT_EQ(group.status(), RunStatus::kRunning);
  move(RunStatus::kRunning, RunStatus::kCompleted);
  EXPECT_EQ(group.status(), RunStatus::kRunning) << "the others wait still, but it has begun";
  move(RunStatus::kPending, RunStatus::kCompleted);
  move(RunStatus::kPending, RunStatus::kCompleted);
  EXPECT_TRUE(group.has_ended());
  EXPECT_EQ(group.status(), RunStatus::kCompleted);
  for (const RunStatus worse :
       {RunStatus::kCancelled, RunStatus::kInterrupted, RunStatus::kTimeout, RunStatus::kFailed}) {
    groups.count(1, worse, 1);
    EXPECT_EQ(group.status(), worse) << "whatever else there is";
  }
  EXPECT_EQ(group.runs(), 7);
}

TEST(RunGroupsOfADaemon, TellOnceWhenAllHaveEnded) {
  RunGroups groups;
  groups.add(row(1, "g1"));
  groups.count(1, RunStatus::kRunning, 2);
  int told = 0;
  groups.when_ended(
      1, [&told](const RunGroup&) { ++told; }, [] { return true; });
  groups.count(1, RunStatus::kRunning, -1);
  groups.tell_end(1);
  EXPECT_EQ(told, 0);
  groups.count(1, RunStatus::kRunning, -1);
  groups.count(1, RunStatus::kCompleted, 2);
  groups.tell_end(1);
  groups.tell_end(1);
  EXPECT_EQ(told, 1);
  groups.tell_end(2);  // there is none
}

TEST(RunGroupsOfADaemon, TellWhoWaitsWhenTheDaemonEnds) {
  RunGroups groups;
  groups.add(row(1, "g1"));
  groups.count(1, RunStatus::kPending, 1);
  std::vector<RunStatus> told;
  groups.when_ended(
      1, [&told](const RunGroup& group) { told.push_back(group.status()); }, [] { return true; });
  groups.answer_waiters();
  groups.answer_waiters();
  EXPECT_THAT(told, ElementsAre(RunStatus::kPending));
}

TEST(RunGroupsOfADaemon, AreFoundByTheirBeginning) {
  RunGroups groups;
  groups.add(row(1, "g261121-00001"));
  groups.add(row(40, "g261121-00018"));
  groups.add(row(50, "g261122-0001j"));
  EXPECT_THAT(ids(groups.with_prefix("g261121", 5)), ElementsAre("g261121-00001", "g261121-00018"));
  EXPECT_THAT(ids(groups.with_prefix("g", 2)), ElementsAre("g261121-00001", "g261121-00018"));
  EXPECT_EQ(groups.newest_before(50)->row.number, 40);
  EXPECT_EQ(groups.newest_before(1), nullptr);
}

TEST(RunGroupsOfADaemon, GoWithTheirLastRun) {
  RunGroups groups;
  groups.add(row(1, "g1"));
  groups.count(1, RunStatus::kCompleted, 2);
  groups.count(1, RunStatus::kCompleted, -1);
  EXPECT_THAT(groups.drop_empty({{1, RunStatus::kCompleted, 1}}), testing::IsEmpty());
  EXPECT_NE(groups.find(1), nullptr);
  groups.count(1, RunStatus::kCompleted, -1);
  EXPECT_THAT(groups.drop_empty({{1, RunStatus::kCompleted, 1}}), ElementsAre("g1"));
  EXPECT_EQ(groups.find(1), nullptr);
  groups.count(1, RunStatus::kCompleted, 1);  // it is not known any more
}

}  // namespace
}  // namespace vnode
