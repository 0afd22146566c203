#include "rpc/daemon_record.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/owned_fd.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

const DaemonRecord kRecord{
    .pid = 4321, .socket = "/run/a \"b\"/s", .listen = "127.0.0.1:7", .metrics = "[::1]:8"};

TEST(DaemonRecords, AreReadAsTheyWereWritten) {
  EXPECT_EQ(read_record_text(record_text(kRecord)), kRecord);
  EXPECT_EQ(read_record_text(record_text({.pid = 5})), DaemonRecord{.pid = 5});
  EXPECT_EQ(record_text({.pid = 5}), "5\n");
}

TEST(DaemonRecords, AreReadAsFarAsTheyGo) {
  EXPECT_EQ(read_record_text("17"), DaemonRecord{.pid = 17}) << "of an older daemon";
  EXPECT_EQ(read_record_text("17\n{\"socket\": \"/a"), DaemonRecord{.pid = 17});
  EXPECT_EQ(read_record_text("17\n{\"socket\":\"/a\",\"new\":3}\nrest of a longer one"),
            (DaemonRecord{.pid = 17, .socket = "/a"}));
  for (const char* text : {"", "\n", "x\n", "17x\n", "-3\n", "0\n", "{}"}) {
    EXPECT_EQ(read_record_text(text), std::nullopt) << text;
  }
}

TEST(DaemonRecords, CountWhileTheFileIsHeld) {
  const ScratchFolder folder;
  const std::string path = folder.write("lock", record_text(kRecord));
  EXPECT_EQ(find_daemon_record(path), std::nullopt) << "left behind by one that was killed";
  OwnedFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_TRUE(mark_as_held(file.get()).ok());
  EXPECT_EQ(find_daemon_record(path), kRecord);
  EXPECT_EQ(find_daemon_record(path), kRecord) << "looking changes nothing";
  {
    const OwnedFd other(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    const Result<void> second = mark_as_held(other.get());
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  }
  EXPECT_EQ(find_daemon_record(path), kRecord);
  file.reset();
  EXPECT_EQ(find_daemon_record(path), std::nullopt);
}

TEST(DaemonRecords, AreNotFoundElsewhere) {
  const ScratchFolder folder;
  EXPECT_EQ(find_daemon_record(folder.file("none")), std::nullopt);
  EXPECT_EQ(find_daemon_record(folder.path()), std::nullopt);
}

TEST(DaemonRecords, OfOtherUsersAreNotBelieved) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const ScratchFolder folder;
  const std::string path = folder.write("lock", record_text(kRecord));
  const OwnedFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_TRUE(mark_as_held(file.get()).ok());
  ASSERT_EQ(::chown(path.c_str(), 12345, 12345), 0);
  EXPECT_EQ(find_daemon_record(path), std::nullopt);
}

}  // namespace
}  // namespace vnode::test
