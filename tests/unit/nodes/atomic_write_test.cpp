#include "nodes/atomic_write.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "support/scratch_folder.h"

namespace vnode {
namespace {

TEST(AtomicWrite, ReplacesTheContentAndKeepsTheMode) {
  test::ScratchFolder folder;
  std::string path = folder.write("a", "old and long");
  chmod(path.c_str(), 0640);
  ASSERT_TRUE(write_file_atomically(path, "new").ok());
  EXPECT_EQ(folder.read("a"), "new");
  struct stat status;
  stat(path.c_str(), &status);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AtomicWrite, GoesThroughLinks) {
  test::ScratchFolder folder;
  folder.write("a", "old");
  ASSERT_EQ(symlink("a", folder.file("b").c_str()), 0);
  ASSERT_EQ(symlink(folder.file("b").c_str(), folder.file("c").c_str()), 0);
  ASSERT_EQ(symlink("missing", folder.file("d").c_str()), 0);
  ASSERT_TRUE(write_file_atomically(folder.file("c"), "new").ok());
  ASSERT_TRUE(write_file_atomically(folder.file("d"), "created").ok());
  EXPECT_EQ(folder.read("a"), "new");
  EXPECT_EQ(folder.read("missing"), "created");
  EXPECT_TRUE(std::filesystem::is_symlink(folder.file("c")));
  EXPECT_TRUE(std::filesystem::is_symlink(folder.file("d")));
}

TEST(AtomicWrite, AFailureLeavesTheOldContentAndNoTemporaryFile) {
  test::ScratchFolder folder;
  std::string path = folder.write("a", "old");
  rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = {100, before.rlim_max};
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  Result<void> written = write_file_atomically(path, std::string(1000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_FALSE(written.ok());
  EXPECT_EQ(folder.read("a"), "old");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AtomicWrite, WritesDevicesDirectly) {
  EXPECT_TRUE(write_file_atomically("/dev/null", "x").ok());
  Result<void> full = write_file_atomically("/dev/full", "x");
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().message, "[Errno 28] No space left on device: '/dev/full'");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST(AtomicWrite, RefusesWhatIsNoFile) {
  test::ScratchFolder folder;
  EXPECT_FALSE(write_file_atomically(folder.path(), "x").ok());
  EXPECT_FALSE(write_file_atomically("", "x").ok());
  EXPECT_FALSE(write_file_atomically(folder.file("no/a"), "x").ok());
  EXPECT_FALSE(write_file_atomically(std::string("a\0b", 3), "x").ok());
  ASSERT_EQ(symlink("loop", folder.file("loop").c_str()), 0);
  EXPECT_FALSE(write_file_atomically(folder.file("loop"), "x").ok());
  EXPECT_EQ(folder.count(), 1u);
}

}  // namespace
}  // namespace vnode
