#include "daemon/time_text.h"

#include <gtest/gtest.h>

namespace vnode::test {
namespace {

TEST(TimeTexts, AreRfc3339WithMicroseconds) {
  EXPECT_EQ(time_text(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(time_text(1'767'323'045'678'901), "2026-01-02T03:04:05.678901Z");
  EXPECT_EQ(time_text(951'782'400'000'001), "2000-02-29T00:00:00.000001Z");
  EXPECT_EQ(time_text(-1), "1969-12-31T23:59:59.999999Z");
}

TEST(TimeTexts, MicrosecondsComeBack) {
  for (const std::int64_t time : {std::int64_t{0}, std::int64_t{1'767'323'045'678'901}, std::int64_t{-5}}) {
    EXPECT_EQ(micros(wall_time(time)), time);
  }
}

TEST(TimeTexts, SecondsAreFractions) {
  EXPECT_DOUBLE_EQ(seconds(std::chrono::milliseconds(1500)), 1.5);
  EXPECT_DOUBLE_EQ(seconds(Duration::zero()), 0.0);
}

}  // namespace
}  // namespace vnode::test
