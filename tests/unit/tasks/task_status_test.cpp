#include "tasks/task_status.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(TaskStatus, HasTheWordsOfTheTable) {
  EXPECT_EQ(word(TaskStatus::kPending), "pending");
  EXPECT_EQ(word(TaskStatus::kRunning), "running");
  EXPECT_EQ(word(TaskStatus::kCompleted), "completed");
  EXPECT_EQ(word(TaskStatus::kFailed), "failed");
  EXPECT_EQ(word(TaskStatus::kCancelled), "cancelled");
  EXPECT_EQ(word(TaskStatus::kTimeout), "timeout");
  EXPECT_EQ(word(TaskStatus::kInterrupted), "interrupted");
}

TEST(TaskStatus, IsReadBack) {
  for (int i = 0; i <= static_cast<int>(TaskStatus::kInterrupted); ++i) {
    const auto status = static_cast<TaskStatus>(i);
    EXPECT_EQ(parse_task_status(word(status)), status);
    EXPECT_EQ(is_ended(status), i > 1);
  }
  EXPECT_EQ(parse_task_status("Pending"), std::nullopt);
  EXPECT_EQ(parse_task_status(""), std::nullopt);
}

}  // namespace
}  // namespace vnode
