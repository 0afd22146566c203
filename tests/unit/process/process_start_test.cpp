#include "process/process_start.h"

#include <gtest/gtest.h>

namespace vnode::test {
namespace {

TEST(ProcessEnds, SayHow) {
  EXPECT_EQ(describe({.code = 3}), "ended with exit code 3");
  EXPECT_EQ(describe({.code = -11}), "was ended by SIGSEGV");
  EXPECT_EQ(describe({.code = -40}), "was ended by signal 40");
  EXPECT_EQ(describe({.code = -15, .reason = ProcessStop::kMemory}), "took more memory than it may");
  EXPECT_EQ(describe({.error = Error{ErrorCode::kNotFound, "no such program: x"}}), "no such program: x");
  EXPECT_TRUE(ProcessEnd{}.is_success());
  EXPECT_FALSE(ProcessEnd{.reason = ProcessStop::kStopped}.is_success());
}

}  // namespace
}  // namespace vnode::test
