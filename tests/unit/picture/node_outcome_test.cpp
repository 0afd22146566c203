#include "picture/node_outcome.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(SecondsText, IsShortAtAnyLength) {
  EXPECT_EQ(seconds_text(0), "0 s");
  EXPECT_EQ(seconds_text(0.0008), "800 \xC2\xB5s");
  EXPECT_EQ(seconds_text(0.0081), "8.1 ms");
  EXPECT_EQ(seconds_text(0.25), "250 ms");
  EXPECT_EQ(seconds_text(12.34), "12.3 s");
  EXPECT_EQ(seconds_text(61), "1 min 01 s");
  EXPECT_EQ(seconds_text(3840), "1 h 04 min");
}

TEST(SecondsText, OfWhatIsNoTimeIsNone) {
  EXPECT_EQ(seconds_text(-1), "0 s");
  EXPECT_EQ(seconds_text(0.0 / 0.0), "0 s");
}

}  // namespace
}  // namespace vnode
