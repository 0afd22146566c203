#include "base/duration_text.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(DurationText, ReadsNumbersWithUnits) {
  EXPECT_EQ(*parse_duration("300ms"), milliseconds(300));
  EXPECT_EQ(*parse_duration("90s"), seconds(90));
  EXPECT_EQ(*parse_duration("1.5h"), minutes(90));
  EXPECT_EQ(*parse_duration("1d12h"), hours(36));
  EXPECT_EQ(*parse_duration("1d3.5h"), minutes(27 * 60 + 30));
  EXPECT_EQ(*parse_duration("2m5s250ms"), milliseconds(125'250));
  EXPECT_EQ(*parse_duration("0s"), seconds(0));
  EXPECT_EQ(*parse_duration(".5s"), milliseconds(500));
}

TEST(DurationText, RefusesEverythingElse) {
  for (const char* text :
       {"",     "5",    "s",    "5 s",  "-5s",  "+5s", "5x",  "5S",     "1.2.3s",
        ".s",   "5s5s", "5s1m", "1e3s", "nans", "5s ", " 5s", "40000d", "99999999999999999999999d",
        "1h30", "\xFF"}) {
    const Result<Duration> duration = parse_duration(text);
    ASSERT_FALSE(duration) << text;
    EXPECT_EQ(duration.error().code, ErrorCode::kInvalidValue);
    EXPECT_NE(duration.error().message.find(text), std::string::npos);
  }
}

TEST(DurationText, WritesThemForPeople) {
  EXPECT_EQ(duration_text(milliseconds(0)), "0ms");
  EXPECT_EQ(duration_text(milliseconds(12)), "12ms");
  EXPECT_EQ(duration_text(std::chrono::microseconds(999'900)), "1.0s");
  EXPECT_EQ(duration_text(milliseconds(3'400)), "3.4s");
  EXPECT_EQ(duration_text(milliseconds(59'960)), "1m 00s");
  EXPECT_EQ(duration_text(seconds(125)), "2m 05s");
  EXPECT_EQ(duration_text(seconds(3'723)), "1h 02m 03s");
  EXPECT_EQ(duration_text(hours(76) + minutes(5)), "3d 04h 05m");
}

}  // namespace
}  // namespace vnode
