#include "journal/file_digests.h"

#include <gtest/gtest.h>

#include "support/scratch_folder.h"

namespace vnode {
namespace {

TEST(FileDigestsTest, TellWhatAFileHolds) {
  const test::ScratchFolder folder;
  FileDigests digests;
  const std::string first = digests.of(folder.write("a", "content"));
  EXPECT_EQ(first.size(), 32u);
  EXPECT_EQ(digests.of(folder.write("b", "content")), first);
  EXPECT_EQ(digests.of(folder.file("a")), first);
  EXPECT_NE(digests.of(folder.write("a", "other content")), first);
}

TEST(FileDigestsTest, HaveNothingOfWhatIsNoFile) {
  const test::ScratchFolder folder;
  FileDigests digests;
  EXPECT_EQ(digests.of(folder.file("absent")), "");
  EXPECT_EQ(digests.of(folder.path()), "");
  EXPECT_EQ(digests.of("/dev/null"), "");
}

}  // namespace
}  // namespace vnode
