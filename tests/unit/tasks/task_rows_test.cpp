#include "tasks/task_rows.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TaskRow& add(TaskRows& rows, const std::string& id = "") {
  auto record = std::make_shared<TaskRecord>();
  record->id = id;
  return rows.add(std::move(record));
}

TEST(TaskRows, NumbersThoseWithoutAnId) {
  TaskRows rows;
  EXPECT_EQ(add(rows).record->id, "1");
  add(rows, "2");
  EXPECT_EQ(add(rows).record->id, "3");
  EXPECT_THROW(add(rows, "3"), std::invalid_argument);
  EXPECT_EQ(rows.all().size(), 3u);
}

TEST(TaskRows, AreFoundByKeyAndById) {
  TaskRows rows;
  TaskRow& row = add(rows, "a");
  EXPECT_EQ(rows.find("a"), &row);
  EXPECT_EQ(rows.find(row.key), &row);
  EXPECT_EQ(rows.find("b"), nullptr);
  EXPECT_EQ(rows.find(row.key + 1), nullptr);
}

TEST(TaskRows, CountStates) {
  TaskRows rows;
  TaskRow& a = add(rows);
  add(rows);
  EXPECT_EQ(rows.count(RunStatus::kPending), 2u);
  rows.set_state(a, RunningTask{});
  EXPECT_EQ(rows.count(RunStatus::kPending), 1u);
  EXPECT_EQ(rows.count(RunStatus::kRunning), 1u);
  rows.set_state(a, EndedTask{.status = RunStatus::kFailed}, {});
  EXPECT_EQ(rows.count(RunStatus::kRunning), 0u);
  EXPECT_EQ(rows.count(RunStatus::kFailed), 1u);
  rows.erase(a);
  EXPECT_EQ(rows.count(RunStatus::kFailed), 0u);
}

TEST(TaskRows, KnowWhoEndedFirst) {
  TaskRows rows;
  TaskRow& a = add(rows, "a");
  TaskRow& b = add(rows, "b");
  rows.set_state(b, EndedTask{}, {});
  rows.set_state(a, EndedTask{}, {});
  EXPECT_EQ(rows.ended().front(), b.key);
  rows.erase(b);
  EXPECT_EQ(rows.ended().front(), a.key);
  EXPECT_EQ(rows.find("b"), nullptr);
  add(rows, "b");  // the id is free again
}

}  // namespace
}  // namespace vnode
