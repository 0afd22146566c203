#include "report/track_table.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(TrackTable, GivesTheLowestFreeTrack) {
  TrackTable tracks;
  EXPECT_EQ(tracks.take(1, false), 1U);
  EXPECT_EQ(tracks.take(1, false), 2U);
  EXPECT_EQ(tracks.take(1, true), 1U) << "of maps by themselves";
  EXPECT_EQ(tracks.take(2, false), 1U) << "of another host";
  tracks.give_back(1, false, 1);
  EXPECT_EQ(tracks.take(1, false), 1U);
}

}  // namespace
}  // namespace vnode
