#include "base/run_status.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(RunStatuses, HaveTheWordsOfTheTable) {
  EXPECT_EQ(word(RunStatus::kPending), "pending");
  EXPECT_EQ(word(RunStatus::kRunning), "running");
  EXPECT_EQ(word(RunStatus::kCompleted), "completed");
  EXPECT_EQ(word(RunStatus::kFailed), "failed");
  EXPECT_EQ(word(RunStatus::kCancelled), "cancelled");
  EXPECT_EQ(word(RunStatus::kTimeout), "timeout");
  EXPECT_EQ(word(RunStatus::kInterrupted), "interrupted");
  EXPECT_EQ(word(RunStatus::kInvalid), "invalid");
}

TEST(RunStatuses, AreReadBack) {
  for (int i = 0; i <= static_cast<int>(RunStatus::kInvalid); ++i) {
    const auto status = static_cast<RunStatus>(i);
    EXPECT_EQ(parse_run_status(word(status)), status);
    EXPECT_EQ(is_ended(status), i > 1);
  }
  EXPECT_EQ(parse_run_status("Pending"), std::nullopt);
  EXPECT_EQ(parse_run_status(""), std::nullopt);
}

TEST(RunStatuses, OfATableAreSeven) {
  for (const RunStatus status : kTableStatuses) EXPECT_EQ(table_status(status), status);
  EXPECT_EQ(table_status(RunStatus::kInvalid), RunStatus::kFailed);
  for (const RunStatus status : kActiveStatuses) EXPECT_FALSE(is_ended(status));
  for (const RunStatus status : kEndedStatuses) EXPECT_TRUE(is_ended(status));
  EXPECT_EQ(words(kActiveStatuses), (std::vector<std::string>{"pending", "running"}));
}

TEST(RunStatuses, FollowFromTheReasonOfAStop) {
  EXPECT_EQ(status_of(StopReason::kCancel), RunStatus::kCancelled);
  EXPECT_EQ(status_of(StopReason::kTerminate), RunStatus::kCancelled);
  EXPECT_EQ(status_of(StopReason::kTimeout), RunStatus::kTimeout);
  EXPECT_EQ(status_of(StopReason::kFailFast), RunStatus::kFailed);
  EXPECT_EQ(status_of(StopReason::kOutputFailed), RunStatus::kFailed);
  EXPECT_EQ(status_of(StopReason::kShutdown), RunStatus::kInterrupted);
}

TEST(RunStatuses, HaveTheExitCodesOfTheCommandLine) {
  EXPECT_EQ(exit_code_of(RunStatus::kCompleted), 0);
  EXPECT_EQ(exit_code_of(RunStatus::kFailed), 1);
  EXPECT_EQ(exit_code_of(RunStatus::kFailed, StopReason::kOutputFailed), 6);
  EXPECT_EQ(exit_code_of(RunStatus::kInvalid), 3);
  EXPECT_EQ(exit_code_of(RunStatus::kInterrupted), 5);
  EXPECT_EQ(exit_code_of(RunStatus::kTimeout), 124);
  EXPECT_EQ(exit_code_of(RunStatus::kCancelled), 130);
  EXPECT_EQ(exit_code_of(RunStatus::kCancelled, StopReason::kTerminate), 143);
}

TEST(RunStatuses, AreExplainedWhereNothingElseSaysWhy) {
  EXPECT_EQ(sentence_of(RunStatus::kTimeout), "the run's timeout ended it");
  EXPECT_EQ(sentence_of(RunStatus::kInterrupted), "the daemon was shut down");
  EXPECT_EQ(sentence_of(RunStatus::kCompleted), "");
}

}  // namespace
}  // namespace vnode
