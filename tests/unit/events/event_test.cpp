#include "events/event.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(Event, WordsAreThoseOfTheStream) {
  EXPECT_EQ(word(StartReason::kLayer), "layer");
  EXPECT_EQ(word(NodeStatus::kSkipped), "skipped");
  EXPECT_EQ(word(RunMode::kDataFlow), "data_flow");
  EXPECT_EQ(word(RunStatus::kInterrupted), "interrupted");
}

TEST(Event, TypesAreThoseOfTheStream) {
  EXPECT_EQ(type_name(ExecutionStarted{}), "execution_started");
  EXPECT_EQ(type_name(NodeOutput{}), "node_output");
  EXPECT_EQ(type_name(ExecutionFinished{}), "execution_finished");
}

TEST(Event, OnlyACompletedRunIsASuccess) {
  for (const RunStatus status : {RunStatus::kFailed, RunStatus::kCancelled, RunStatus::kTimeout,
                                 RunStatus::kInterrupted, RunStatus::kInvalid}) {
    EXPECT_FALSE(ExecutionFinished{status}.success());
  }
  EXPECT_TRUE(ExecutionFinished{RunStatus::kCompleted}.success());
}

}  // namespace
}  // namespace vnode
