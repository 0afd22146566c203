#include "layout/packing.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(Packing, PutsBoxesIntoRowsAsWideAsAScreen) {
  Size whole;
  const std::vector<Point> corners = pack(std::vector<Size>(100, Size{100, 100}), 20, whole);
  EXPECT_EQ(corners.size(), 100U);
  EXPECT_GT(whole.width, whole.height);
  EXPECT_LT(whole.width, 3 * whole.height);
  EXPECT_EQ(corners[1].x, 120);
  EXPECT_EQ(corners[1].y, 0);
}

TEST(Packing, OfNothingIsNothing) {
  Size whole{1, 1};
  EXPECT_TRUE(pack({}, 20, whole).empty());
  EXPECT_EQ(whole.width, 0);
}

}  // namespace
}  // namespace vnode
