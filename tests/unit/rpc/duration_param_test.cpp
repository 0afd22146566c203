#include "rpc/duration_param.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

using namespace std::chrono_literals;

TEST(DurationParams, AreNumbersOrTexts) {
  EXPECT_EQ(param_duration(Value(2)), Duration(2s));
  EXPECT_EQ(param_duration(Value(0.5)), Duration(500ms));
  EXPECT_EQ(param_duration(Value("1m30s")), Duration(90s));
  EXPECT_EQ(param_duration(Value(0)), Duration::zero());
  EXPECT_EQ(param_duration(Value(-1)), Duration::zero());
  EXPECT_EQ(param_duration(Value("soon")), Duration::zero());
  EXPECT_GT(param_duration(Value(1e300)), Duration(24h * 365));
}

TEST(DurationParams, AreWrittenAsSeconds) {
  EXPECT_EQ(duration_value(1500ms).as_float(), 1.5);
  EXPECT_EQ(param_duration(duration_value(90s)), Duration(90s));
}

}  // namespace
}  // namespace vnode
