#include "engine/error_logs.h"

#include <gtest/gtest.h>

namespace vnode::test {
namespace {

TEST(ErrorLogs, AreDescribedByTheirNumberAndTheFirst) {
  EXPECT_EQ(describe(ErrorLogs{}), "");
  EXPECT_EQ(describe(ErrorLogs{1, "node: bad"}), "1 error was logged: node: bad");
  EXPECT_EQ(describe(ErrorLogs{3, "node: bad"}), "3 errors were logged, the first: node: bad");
}

}  // namespace
}  // namespace vnode::test
