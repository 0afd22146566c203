#include "apps/vnode/show/time_left.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(TimeLeft, GoesOnAsItHas) {
  EXPECT_DOUBLE_EQ(*TimeLeft(30, 0.75).seconds(), 10);
  EXPECT_FALSE(TimeLeft(30, 0).seconds()) << "nothing is done";
  EXPECT_FALSE(TimeLeft(30, 1).seconds()) << "nothing is left";
  EXPECT_FALSE(TimeLeft(0.5, 0.5).seconds()) << "too early to tell";
}

/// Three of four nodes have ended, and the fourth maps a thousand items, of which ten are done.
TEST(TimeLeft, IsNoLessThanWhatANodeNeeds) {
  TimeLeft left(20, 0.75);
  left.add_node(18, 0.01);
  EXPECT_NEAR(*left.seconds(), 1782, 0.001);
  left.add_node(10, 0.5);
  EXPECT_NEAR(*left.seconds(), 1782, 0.001) << "another one is done before";
}

TEST(TimeLeft, IsToldByANodeAlone) {
  TimeLeft left(60, 0);
  left.add_node(60, 0.5);
  EXPECT_DOUBLE_EQ(*left.seconds(), 60);
  TimeLeft silent(60, 0);
  silent.add_node(60, 0);
  silent.add_node(0.1, 0.5);
  EXPECT_FALSE(silent.seconds());
}

TEST(TimeLeft, OfANodeThatIsDoneIsNothing) {
  TimeLeft left(30, 0.5);
  left.add_node(20, 1.5);
  EXPECT_DOUBLE_EQ(*left.seconds(), 30);
}

}  // namespace
}  // namespace vnode
