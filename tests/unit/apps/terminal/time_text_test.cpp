#include "apps/vnode/terminal/time_text.h"

#include <gtest/gtest.h>

#include "base/utc_time.h"

namespace vnode {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;

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
