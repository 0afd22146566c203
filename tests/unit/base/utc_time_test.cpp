#include "base/utc_time.h"

#include <gtest/gtest.h>

namespace vnode::test {
namespace {

TEST(TimeTexts, AreRfc3339WithMicroseconds) {
  EXPECT_EQ(time_text(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(time_text(1'767'323'045'678'901), "2026-01-02T03:04:05.678901Z");
  EXPECT_EQ(time_text(951'782'400'000'001), "2000-02-29T00:00:00.000001Z");
  EXPECT_EQ(time_text(-1), "1969-12-31T23:59:59.999999Z");
}

TEST(TimeTexts, AreRead) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:00.000000Z"), WallTime());
  EXPECT_EQ(parse_time("1970-01-02T00:00:01.000002Z"),
            WallTime() + std::chrono::hours(24) + std::chrono::seconds(1) + std::chrono::microseconds(2));
  EXPECT_EQ(parse_time("1970-01-01T00:00:00.5Z"), WallTime() + std::chrono::microseconds(500'000));
  EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), WallTime());
  for (const char* bad : {"", "yesterday", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z",
                          "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.12345678Z", "1970-01-01T00:00:0xZ"}) {
    EXPECT_EQ(parse_time(bad), std::nullopt) << bad;
  }
}

TEST(TimeTexts, MicrosecondsComeBack) {
  for (const std::int64_t time : {std::int64_t{0}, std::int64_t{1'767'323'045'678'901}, std::int64_t{-5}}) {
    EXPECT_EQ(micros(wall_time(time)), time);
  }
}

TEST(TimeTexts, SecondsAreFractions) {
  EXPECT_DOUBLE_EQ(vnode::seconds(std::chrono::milliseconds(1500)), 1.5);
  EXPECT_DOUBLE_EQ(vnode::seconds(Duration::zero()), 0.0);
}

}  // namespace
}  // namespace vnode::test
