#include "nodes/conversions.h"

#include <limits>

#include <gtest/gtest.h>

#include "model/value_ops.h"
#include "node/node_failure.h"

namespace vnode::test {
namespace {

using Limits = std::numeric_limits<std::int64_t>;

TEST(Conversions, IntOrFallsBackAndClamps) {
  EXPECT_EQ(int_or("7", 1), 7);
  EXPECT_EQ(int_or(2.9, 1), 2);
  EXPECT_EQ(int_or("2.9", 1), 1);
  EXPECT_EQ(int_or(nullptr, 1), 1);
  EXPECT_EQ(int_or(Value::big_int("100000000000000000000"), 1), Limits::max());
  EXPECT_EQ(int_or(Value::big_int("-100000000000000000000"), 1), Limits::min());
}

TEST(Conversions, RequiredNumbersNameTheInputThatFails) {
  EXPECT_EQ(require_int(true, "a"), 1);
  EXPECT_EQ(require_float("1e400", "a"), std::numeric_limits<double>::infinity());
  try {
    require_int("x", "count");
    FAIL();
  } catch (const NodeFailure& failure) {
    EXPECT_TRUE(std::string(failure.what()).starts_with("count: "));
  }
  EXPECT_THROW(require_int(Value::big_int("100000000000000000000"), "a"), NodeFailure);
  EXPECT_THROW(require_float(nullptr, "a"), NodeFailure);
}

TEST(Conversions, ToDictTakesPairs) {
  EXPECT_EQ(to_repr(Value(*to_dict(Value::list({"ab"})))), "{'a': 'b'}");
  EXPECT_FALSE(to_dict(Value::list({1})));
  EXPECT_FALSE(to_dict(5));
}

TEST(Conversions, DelaysAreBounded) {
  EXPECT_EQ(to_duration(-1), Duration::zero());
  EXPECT_EQ(to_duration(0.5), std::chrono::milliseconds(500));
  EXPECT_LT(to_duration(std::numeric_limits<double>::infinity()), Duration::max() / 2);
  EXPECT_THROW(to_duration(std::numeric_limits<double>::quiet_NaN()), NodeFailure);
}

TEST(Conversions, KeysMustBeHashable) {
  EXPECT_EQ(require_key(5).as_int(), 5);
  EXPECT_THROW(require_key(Value::empty_list()), NodeFailure);
}

}  // namespace
}  // namespace vnode::test
