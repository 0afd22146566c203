#include "store/run_id.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace vnode::test {
namespace {

WallTime day(int year, unsigned month, unsigned of_month) {
  return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) / of_month) +
         std::chrono::hours(23);
}

TEST(RunId, IsTheDayAndTheNumber) {
  EXPECT_EQ(run_id(1, day(2026, 11, 21), ""), "261121-00001");
  EXPECT_EQ(run_id(79, day(2026, 11, 21), ""), "261121-0002f");
  EXPECT_EQ(run_id(31, day(2009, 1, 2), ""), "090102-0000z");
  EXPECT_EQ(run_id((std::int64_t{1} << 25) - 1, day(2026, 1, 1), ""), "260101-zzzzz");
  EXPECT_EQ(run_id(std::int64_t{1} << 25, day(2026, 1, 1), ""), "260101-100000");
}

TEST(RunId, SortsBySubmission) {
  std::vector<std::string> ids;
  for (std::int64_t number = 1; number < 200'000; number += 37) {
    ids.push_back(run_id(number, day(2026, 1, 1) + std::chrono::minutes(number), ""));
  }
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
}

TEST(RunId, KeepsItsOrderWhenTheClockGoesBack) {
  EXPECT_EQ(run_id(2, day(2026, 11, 20), "261121"), "261121-00002");
  EXPECT_EQ(run_id(2, day(2026, 11, 20), "261121-00001"), "261121-00002");
  EXPECT_EQ(run_id(2, day(2026, 11, 22), "261121"), "261122-00002");
}

TEST(RunId, LooksLikeOne) {
  const std::string id = run_id(123'456, day(2026, 11, 21), "");
  for (std::size_t size = 1; size <= id.size(); ++size) EXPECT_TRUE(looks_like_run_id(id.substr(0, size)));
  for (const char* text : {"", "x", "2611211", "261121_0002f", "261121-0002l", "261121-0002F", " 26", "26-",
                           "261121-00000000000000"}) {
    EXPECT_FALSE(looks_like_run_id(text)) << text;
  }
}

TEST(GroupIds, AreThoseOfTheFirstRunWithALetterInFront) {
  EXPECT_EQ(group_id(79, "261121-0002h"), "g261121-0002f");
  EXPECT_TRUE(looks_like_group_id("g261121-0002f"));
  EXPECT_TRUE(looks_like_group_id("g2611"));
  EXPECT_TRUE(looks_like_group_id("g"));
  EXPECT_FALSE(looks_like_group_id("261121-0002f"));
  EXPECT_FALSE(looks_like_group_id("gx"));
  EXPECT_FALSE(looks_like_group_id(""));
  EXPECT_FALSE(looks_like_run_id("g261121-0002f"));
}

}  // namespace
}  // namespace vnode::test
