#include "apps/vnode/watch/run_board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vnode {
namespace {

using testing::ElementsAre;

constexpr SteadyTime kStart{std::chrono::hours(1)};

RunInfo make_run(const std::string& id, const std::string& status, int ended_at = 0) {
  RunInfo run;
  run.id = id;
  run.status = status;
  run.workflow = "/shots/" + id + ".json";
  if (ended_at > 0) run.completed_at = WallTime(std::chrono::seconds(ended_at));
  return run;
}

std::vector<std::string> ids_of(const std::vector<const RunInfo*>& runs) {
  std::vector<std::string> ids;
  for (const RunInfo* run : runs) ids.push_back(run->id);
  return ids;
}

TEST(RunBoard, ShowsWhatRunsThenWhatWaitsThenWhatHasEnded) {
  RunBoard board({});
  for (RunInfo run : {make_run("1", "completed", 20), make_run("2", "pending"), make_run("3", "running"),
                      make_run("4", "failed", 30), make_run("5", "running"), make_run("6", "pending")}) {
    if (run.id == "6") run.priority = 5;
    board.apply(run, kStart);
  }
  EXPECT_THAT(ids_of(board.ordered()), ElementsAre("3", "5", "6", "2", "4", "1"));
  EXPECT_EQ(board.running(), 2u);
  EXPECT_EQ(board.pending(), 2u);
  EXPECT_EQ(board.ended(), 2u);
  board.apply(make_run("3", "cancelled", 40), kStart);
  EXPECT_THAT(ids_of(board.ordered()), ElementsAre("5", "6", "2", "3", "4", "1"));
  EXPECT_TRUE(board.remove("4"));
  EXPECT_FALSE(board.remove("4"));
  EXPECT_THAT(ids_of(board.ordered()), ElementsAre("5", "6", "2", "3", "1"));
  EXPECT_EQ(board.ended(), 2u);
}

TEST(RunBoard, KeepsOnlyTheLastThatHaveEnded) {
  RunBoard board({.ended = 2});
  board.apply(make_run("1", "running"), kStart);
  EXPECT_THAT(board.apply(make_run("2", "failed", 10), kStart), testing::IsEmpty());
  board.apply(make_run("3", "failed", 30), kStart);
  EXPECT_THAT(board.apply(make_run("4", "failed", 20), kStart), ElementsAre("2"));
  EXPECT_THAT(ids_of(board.ordered()), ElementsAre("1", "3", "4"));
  RunBoard newest({.runs = 2});
  newest.apply(make_run("1", "running"), kStart);
  newest.apply(make_run("2", "pending"), kStart);
  EXPECT_THAT(newest.apply(make_run("3", "pending"), kStart), ElementsAre("1"));
}

TEST(RunBoard, Filters) {
  RunBoard board({});
  RunInfo described = make_run("1", "running");
  described.description = "Shot 010 of the SHOW";
  board.apply(described, kStart);
  board.apply(make_run("2", "pending"), kStart);
  board.apply(make_run("3", "failed", 5), kStart);
  EXPECT_THAT(ids_of(board.ordered("show")), ElementsAre("1"));
  EXPECT_THAT(ids_of(board.ordered("SHOTS/3")), ElementsAre("3"));
  EXPECT_THAT(ids_of(board.ordered("pend")), ElementsAre("2"));
  EXPECT_THAT(ids_of(board.ordered("nothing")), testing::IsEmpty());
}

TEST(RunBoard, TellsHowManyEndAtATime) {
  RunBoard board({.ended = 10});
  for (int i = 0; i < 60; ++i) board.apply(make_run(std::to_string(100 + i), "running"), kStart);
  EXPECT_FALSE(board.ends_a_second(kStart + std::chrono::seconds(1)));
  for (int i = 0; i < 60; ++i) {
    board.apply(make_run(std::to_string(100 + i), "completed", i + 1), kStart + std::chrono::seconds(i / 2));
  }
  EXPECT_NEAR(*board.ends_a_second(kStart + std::chrono::seconds(30)), 2, 0.01);
  EXPECT_NEAR(*board.ends_a_second(kStart + std::chrono::seconds(75)), 0.5, 0.05) << "of the last minute";
  EXPECT_FALSE(board.ends_a_second(kStart + std::chrono::seconds(200)));
}

TEST(RunBoard, GroupsStandAmongTheRunsAsTheyWereSubmitted) {
  RunBoard board({});
  const auto add = [&board](const std::string& id, const std::string& status, int ended_at = 0) {
    RunInfo run = make_run(id, status, ended_at);
    run.is_group = id.starts_with('g');
    board.apply(run, kStart);
  };
  add("261130-99999", "running");
  add("g261130-00005", "running");
  add("261130-100000", "running");
  add("261130-00007", "pending");
  add("g261130-00006", "pending");
  add("261129-00001", "completed", 10);
  add("g261129-00002", "failed", 30);
  add("261129-00004", "completed", 20);
  EXPECT_THAT(ids_of(board.ordered()),
              ElementsAre("g261130-00005", "261130-99999", "261130-100000", "g261130-00006", "261130-00007",
                          "g261129-00002", "261129-00004", "261129-00001"));
}

}  // namespace
}  // namespace vnode
