#include "process/log_budget.h"

#include <gtest/gtest.h>

namespace vnode::test {
namespace {

TEST(LogBudgets, CountWhatIsBeyondTheNodesLimit) {
  RunLogBudget run(1000);
  LogBudget node(run, 10);
  EXPECT_TRUE(node.take(6));
  EXPECT_EQ(node.last_line(), "");
  EXPECT_FALSE(node.take(5));
  EXPECT_EQ(node.last_line(), "1 more line (5 bytes) left out: the log's limit is reached");
  EXPECT_FALSE(node.take(1));  // would fit, but what is left out is the end
  EXPECT_EQ(node.last_line(), "2 more lines (6 bytes) left out: the log's limit is reached");
}

TEST(LogBudgets, ShareTheRunsLimit) {
  RunLogBudget run(10);
  LogBudget one(run, 100), other(run, 100);
  EXPECT_TRUE(one.take(7));
  EXPECT_FALSE(other.take(4));
  EXPECT_TRUE(one.take(3));
  EXPECT_FALSE(one.take(1));
}

}  // namespace
}  // namespace vnode::test
