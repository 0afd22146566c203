// Rule 7: each pending task can say why it is not running.
#include <gtest/gtest.h>

#include "tasks/queue_planner.h"

namespace vnode {
namespace {

class WaitingReasons : public testing::Test {
 protected:
  WaitingReasons() {
    planner.set_queue("default", 8);
    planner.set_queue("render", 2);
    planner.set_queue("line", 1);
    planner.set_resource("license.houdini", 2000);
  }

  void start() {
    while (planner.start_next()) {
    }
  }
  WaitReason why(TaskKey key) const {
    return planner.why_waiting(key, [](TaskKey task) { return "261121-0000" + std::to_string(task); });
  }
  void expect(TaskKey key, const std::string& code, const std::string& text) const {
    EXPECT_EQ(why(key).code, code);
    EXPECT_EQ(why(key).text, text);
  }

  QueuePlanner planner;
};

TEST_F(WaitingReasons, ThePausedQueue) {
  planner.set_paused("default", true);
  planner.add(1, "default", 0, {});
  expect(1, "queue_paused", "queue 'default' is paused");
}

TEST_F(WaitingReasons, TheFullQueue) {
  for (TaskKey key = 1; key <= 6; ++key) planner.add(key, "render", 0, {});
  start();
  expect(3, "queue_full", "queue 'render': 2 of 2 running, next in line");
  expect(6, "queue_full", "queue 'render': 2 of 2 running, 3 ahead");
  planner.add(7, "render", 5, {});
  expect(6, "queue_full", "queue 'render': 2 of 2 running, 4 ahead");
}

TEST_F(WaitingReasons, TheResourceAndWhoHoldsIt) {
  planner.add(1, "default", 0, {{"license.houdini", 1000}});
  start();
  planner.add(2, "render", 0, {{"license.houdini", 2000}});
  start();
  expect(2, "resource", "waits for license.houdini: needs 2, 1 of 2 free, held by 261121-00001");
}

TEST_F(WaitingReasons, ManyHolders) {
  planner.set_resource("seat", 5000);
  for (TaskKey key = 1; key <= 5; ++key) planner.add(key, "default", 0, {{"seat", 1000}});
  start();
  planner.add(6, "default", 0, {{"seat", 1000}});
  expect(6, "resource",
         "waits for seat: needs 1, 0 of 5 free, held by 261121-00001, 261121-00002, 261121-00003 and 2 more");
}

TEST_F(WaitingReasons, TheTaskForWhichAResourceIsKept) {
  planner.add(1, "default", 0, {{"license.houdini", 1000}});
  start();
  planner.add(2, "default", 0, {{"license.houdini", 2000}});
  planner.add(3, "render", 0, {{"license.houdini", 1000}});
  expect(3, "resource",
         "waits for license.houdini: needs 1, 1 of 2 free, but kept for 261121-00002, which is ahead");
}

TEST_F(WaitingReasons, WhatCanNeverBe) {
  planner.add(1, "default", 0, {{"license.houdini", 3000}});
  planner.add(2, "default", 0, {{"license.maya", 1000}});
  expect(1, "resource", "waits for license.houdini: needs 3, there are only 2 in all");
  expect(2, "no_such_resource", "waits for license.maya: there is no such resource");
}

TEST_F(WaitingReasons, TheOrderOfAStrictQueue) {
  planner.add(1, "default", 0, {{"license.houdini", 2000}});
  planner.add(2, "line", 0, {{"license.houdini", 1000}});
  planner.add(3, "line", 0, {});
  start();
  expect(3, "behind",
         "queue 'line' keeps its order: 1 ahead, the first is 261121-00002, which waits for license.houdini: "
         "needs 1, 0 of 2 free, held by 261121-00001");
}

TEST_F(WaitingReasons, EverythingThatItWaitsFor) {
  planner.add(1, "default", 0, {{"license.houdini", 2000}});
  planner.add(2, "render", 0, {});
  planner.add(3, "render", 0, {});
  start();
  planner.add(4, "render", 0, {{"license.houdini", 1000}, {"license.maya", 1000}});
  expect(
      4, "queue_full",
      "queue 'render': 2 of 2 running, next in line; waits for license.houdini: needs 1, 0 of 2 free, held "
      "by 261121-00001; waits for license.maya: there is no such resource");
  planner.set_paused("render", true);
  EXPECT_EQ(why(4).code, "queue_paused");
}

TEST_F(WaitingReasons, NothingAtAll) {
  for (TaskKey key = 1; key <= 3; ++key) planner.add(key, "render", 0, {});
  planner.add(4, "line", 0, {});
  planner.add(5, "line", 0, {});
  expect(1, "ready", "starts with the next step");
  expect(3, "behind", "queue 'render': 0 of 2 running, 2 ahead");
  expect(5, "behind", "queue 'line' keeps its order: 1 ahead, the first is 261121-00004");
}

}  // namespace
}  // namespace vnode
