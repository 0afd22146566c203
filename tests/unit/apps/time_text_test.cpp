#include "apps/vnode/time_text.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;

TEST(TimeText, ReadsTimesAsTheDaemonWritesThem) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:00.000000Z"), WallTime());
  EXPECT_EQ(parse_time("1970-01-02T00:00:01.000002Z"), WallTime() + hours(24) + seconds(1) + microseconds(2));
  EXPECT_EQ(parse_time("1970-01-01T00:00:00.5Z"), WallTime() + microseconds(500'000));
  EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), WallTime());
  for (const char* bad : {"", "yesterday", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z",
                          "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.12345678Z", "1970-01-01T00:00:0xZ"}) {
    EXPECT_EQ(parse_time(bad), std::nullopt) << bad;
  }
}

TEST(TimeText, SaysHowLongAgo) {
  const WallTime now = parse_time("2026-11-21T18:00:00Z").value();
  EXPECT_EQ(ago_text(now, now), "now");
  EXPECT_EQ(ago_text(now + hours(1), now), "now") << "a clock that was set back";
  EXPECT_EQ(ago_text(now - seconds(59), now), "59s ago");
  EXPECT_EQ(ago_text(now - seconds(61), now), "1m ago");
  EXPECT_EQ(ago_text(now - hours(47), now), "47h ago");
  EXPECT_EQ(ago_text(now - hours(49), now), "2d ago");
  EXPECT_EQ(ago_text(now - hours(24 * 100), now).size(), 10u) << "the day";
}

TEST(TimeText, ShortensDurations) {
  EXPECT_EQ(short_duration_text(0.25), "250ms");
  EXPECT_EQ(short_duration_text(3.21), "3.2s");
  EXPECT_EQ(short_duration_text(12.9), "12s");
  EXPECT_EQ(short_duration_text(125), "2m 05s");
  EXPECT_EQ(short_duration_text(-1), "0ms");
}

}  // namespace
}  // namespace vnode
