#include "apps/vnode/terminal/progress_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace vnode {
namespace {

TEST(ProgressText, Bars) {
  EXPECT_EQ(progress_bar(0, 4, 6), "[....]");
  EXPECT_EQ(progress_bar(1, 4, 6), "[#...]");
  EXPECT_EQ(progress_bar(9, 4, 6), "[####]");
  EXPECT_EQ(progress_bar(0, 0, 6), "[....]");
  EXPECT_EQ(progress_bar(1, 1, 0), "[#]");
  EXPECT_EQ(percent_text(999, 1000), "99%") << "not all";
  EXPECT_EQ(percent_text(0, 0), "0%");
}

TEST(ProgressText, TimesAreGuessed) {
  EXPECT_EQ(time_left_text(0.4), "0s");
  EXPECT_EQ(time_left_text(59.9), "59s");
  EXPECT_EQ(time_left_text(60), "1m");
  EXPECT_EQ(time_left_text(3600), "1h");
  EXPECT_EQ(time_left_text(3 * 3600 + 600), "3h10m");
  EXPECT_EQ(time_left_text(50 * 3600), "2d");
  EXPECT_EQ(time_left_text(std::numeric_limits<double>::infinity()), "999d");
}

TEST(ProgressText, RatesHaveTheUnitThatFits) {
  EXPECT_EQ(rate_text(1234.5, "nodes"), "1234 nodes/s");
  EXPECT_EQ(rate_text(12.34, "nodes"), "12.3 nodes/s");
  EXPECT_EQ(rate_text(0.5, "runs"), "30.0 runs/min");
  EXPECT_EQ(rate_text(0.001, "runs"), "3.6 runs/h");
}

}  // namespace
}  // namespace vnode
