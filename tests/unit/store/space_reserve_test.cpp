#include "store/space_reserve.h"

#include <gtest/gtest.h>

#include "sample_runs.h"
#include "small_disk.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

TEST(SpaceReserve, IsGivenUpInPiecesAndFilledAgain) {
  const ScratchFolder folder;
  SpaceReserve reserve(folder.file("reserve"));
  EXPECT_FALSE(reserve.is_whole());
  ASSERT_TRUE(reserve.fill());
  EXPECT_TRUE(reserve.is_whole());
  const auto whole = std::filesystem::file_size(folder.file("reserve"));
  EXPECT_TRUE(reserve.give());
  EXPECT_FALSE(reserve.is_whole());
  EXPECT_GT(std::filesystem::file_size(folder.file("reserve")), whole / 2);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(reserve.give());
  EXPECT_FALSE(reserve.give());
  ASSERT_TRUE(reserve.fill());
  EXPECT_EQ(std::filesystem::file_size(folder.file("reserve")), whole);
}

TEST(SpaceReserve, IsSmallOnASmallDisk) {
  const SmallDisk disk("2m");
  if (!disk.is_there()) GTEST_SKIP() << "mounting is not allowed";
  SpaceReserve reserve(disk.file("reserve"));
  ASSERT_TRUE(reserve.fill());
  EXPECT_LE(std::filesystem::file_size(disk.file("reserve")), 128U * 1024);
  reserve.give();
  disk.fill();
  EXPECT_FALSE(reserve.fill());
  disk.make_space();
  EXPECT_TRUE(reserve.fill());
}

TEST(SpaceReserve, LetsRunsEndOnAFullDiskAndNewOnesNotIn) {
  const SmallDisk disk("2m");
  if (!disk.is_there()) GTEST_SKIP() << "mounting is not allowed";
  const auto store = must_open(disk.path());
  ASSERT_TRUE(store->keep_reserve());
  for (int number = 1; number <= 20; ++number) ASSERT_TRUE(insert(*store, sample_row(number)));
  disk.fill();
  int number = 21;
  while (insert(*store, sample_row(number))) ++number;
  // Submissions do not get the last of it. (What merging the log has given back somebody else takes.)
  disk.fill();
  EXPECT_FALSE(insert(*store, sample_row(number)));
  EXPECT_EQ(store->check().error().code, ErrorCode::kIo);
  for (int ended = 1; ended <= 20; ++ended) {
    RunRow row = sample_row(ended);
    row.status = RunStatus::kCancelled;
    ASSERT_TRUE(change(*store, [&](RunStore& in) { return in.finish(row); })) << ended;
  }
  ASSERT_TRUE(change(*store, [](RunStore& in) { return in.remove({sample_id(1), sample_id(2)}); }));
  disk.make_space();
  EXPECT_TRUE(store->check());
  EXPECT_TRUE(insert(*store, sample_row(number + 1)));
}

}  // namespace
}  // namespace vnode::test
