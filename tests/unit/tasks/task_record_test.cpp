#include "tasks/task_record.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(TaskRecord, ItsStateSaysItsStatus) {
  TaskRecord task;
  EXPECT_EQ(task.status(), RunStatus::kPending);
  EXPECT_EQ(task.running(), nullptr);
  EXPECT_EQ(task.ended(), nullptr);
  task.state = RunningTask{};
  EXPECT_EQ(task.status(), RunStatus::kRunning);
  EXPECT_NE(task.running(), nullptr);
  task.state = EndedTask{.status = RunStatus::kTimeout};
  EXPECT_EQ(task.status(), RunStatus::kTimeout);
  EXPECT_EQ(task.running(), nullptr);
  EXPECT_NE(task.ended(), nullptr);
}

}  // namespace
}  // namespace vnode
