// How long a task waits before it is tried again.
#include "tasks/retry_delay.h"

#include <gtest/gtest.h>

namespace vnode::test {
namespace {

using namespace std::chrono_literals;

TEST(RetryDelays, AreTwiceAsLongEachTimeUpToTheMost) {
  const RetryDelay delay{1s, 10s};
  EXPECT_EQ(delay.after(1), 1s);
  EXPECT_EQ(delay.after(2), 2s);
  EXPECT_EQ(delay.after(4), 8s);
  EXPECT_EQ(delay.after(5), 10s);
  EXPECT_EQ(delay.after(1'000'000'000), 10s);
  EXPECT_EQ((RetryDelay{1min, 10s}.after(1)), 10s);
}

TEST(RetryDelays, AreNoneUnlessAskedFor) {
  EXPECT_EQ(RetryDelay().after(1), 0s);
  EXPECT_EQ(RetryDelay().after(1'000'000'000), 0s);
}

TEST(RetryDelays, DoNotOverflow) {
  EXPECT_EQ((RetryDelay{1s, Duration::max()}.after(1'000)), Duration::max());
}

}  // namespace
}  // namespace vnode::test
