// Runs under support/faulty_disk.cpp (LD_PRELOAD): that it fails as it says, and that the store bears it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "sample_runs.h"
#include "store/event_file.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

class FaultyDisk : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(std::getenv("LD_PRELOAD"), nullptr) << "to be run by ctest";
    ::setenv("FAULTY_DISK_FOLDER", folder_.path().c_str(), 1);
    ::setenv("FAULTY_DISK_CONTROL", control_.file("control").c_str(), 1);
  }
  void fail(const std::string& how) { control_.write("control", how); }
  void mend() { std::filesystem::remove(control_.file("control")); }

  ScratchFolder folder_;

 private:
  ScratchFolder control_;
};

TEST_F(FaultyDisk, FailsAsItSays) {
  const int fd = ::open(folder_.file("a").c_str(), O_RDWR | O_CREAT, 0600);
  const int elsewhere = ::open("/dev/null", O_WRONLY);
  ASSERT_EQ(::write(fd, "abc", 3), 3);
  fail("ENOSPC");
  EXPECT_EQ(::write(fd, "abc", 3), -1);
  EXPECT_EQ(errno, ENOSPC);
  EXPECT_EQ(::pwrite(fd, "abc", 3, 0), -1);
  EXPECT_EQ(::write(elsewhere, "abc", 3), 3);
  EXPECT_EQ(::open(folder_.file("b").c_str(), O_RDWR | O_CREAT, 0600), -1);
  EXPECT_EQ(errno, ENOSPC);
  EXPECT_EQ(::ftruncate(fd, 10), -1);
  EXPECT_EQ(::ftruncate(fd, 2), 0);
  EXPECT_EQ(::fdatasync(fd), 0);
  fail("EIO");
  EXPECT_EQ(::write(fd, "abc", 3), -1);
  EXPECT_EQ(errno, EIO);
  EXPECT_EQ(::fsync(fd), -1);
  EXPECT_EQ(::ftruncate(fd, 1), -1);
  fail("sync EIO");
  EXPECT_EQ(::write(fd, "abc", 3), 3);
  EXPECT_EQ(::fdatasync(fd), -1);
  EXPECT_EQ(errno, EIO);
  mend();
  fail("ENOSPC after 5");
  EXPECT_EQ(::write(elsewhere, "abcdefgh", 8), 8);
  EXPECT_EQ(::write(fd, "abc", 3), 3);
  EXPECT_EQ(::write(fd, "abc", 3), 2);
  EXPECT_EQ(::write(fd, "abc", 3), -1);
  mend();
  EXPECT_EQ(::write(fd, "abc", 3), 3);
  EXPECT_EQ(::fsync(fd), 0);
  ::close(fd);
  ::close(elsewhere);
}

TEST_F(FaultyDisk, AFailedCommitIsGoneWhateverFailed) {
  const auto store = must_open(folder_.path());
  std::int64_t kept = 1;
  ASSERT_TRUE(insert(*store, sample_row(kept)));
  for (const char* how :
       {"ENOSPC", "EIO", "sync EIO", "ENOSPC after 100", "EIO after 5000", "ENOSPC after 9000"}) {
    for (int round = 0; round < 3; ++round) {
      fail(how);
      const Result<void> failed = change(*store, [&](RunStore& inner) {
        return inner.insert(sample_row(kept + 1), {std::string(20'000, 'x'), ""});
      });
      ASSERT_FALSE(failed) << how;
      EXPECT_EQ(failed.error().code, ErrorCode::kIo) << failed.error().message;
      EXPECT_EQ(store->full(), std::string(how).starts_with("ENOSPC")) << how << failed.error().message;
      EXPECT_EQ(must(store->last()).number, kept) << how;
      mend();
      // The next change, whatever it is, makes sure that what failed does not come back after a kill.
      ASSERT_TRUE(change(*store, [](RunStore& inner) { return inner.save_queue({"a", 1, false}); })) << how;
      const ScratchFolder killed;
      copy_files(folder_.path(), killed.path());
      EXPECT_EQ(must(must_open(killed.path())->last()).number, kept) << how;
      ASSERT_TRUE(insert(*store, sample_row(++kept))) << how;
    }
  }
}

TEST_F(FaultyDisk, ANewStoreAppearsWholeOrNotAtAll) {
  for (int bytes = 0; bytes < 60'000; bytes += 1777) {
    const ScratchFolder folder;
    ::setenv("FAULTY_DISK_FOLDER", folder.path().c_str(), 1);
    fail("ENOSPC after " + std::to_string(bytes));
    const bool is_open = RunStore::open(folder.path()).ok();
    mend();
    ASSERT_TRUE(is_open || folder.count() == 0 || std::filesystem::exists(folder.file("runs.db"))) << bytes;
    ASSERT_TRUE(RunStore::open(folder.path()));
  }
}

TEST_F(FaultyDisk, EventsGoOnWhenTheDiskIsMended) {
  const std::string path = folder_.file("events");
  EventFileWriter writer(path, "run-1");
  std::uint64_t seq = 0;
  const auto append = [&] {
    ++seq;
    writer.append(R"({"type":"node_log","seq":)" + std::to_string(seq) + ",\"message\":\"\"}\n", seq);
  };
  for (int bytes = 0; bytes < 400; bytes += 7) {
    fail("ENOSPC after " + std::to_string(bytes));
    for (int i = 0; i < 10; ++i) append();
    EXPECT_FALSE(writer.sync());
    ASSERT_TRUE(writer.error());
    EXPECT_EQ(inspect_event_file(path)->size, writer.published());
    mend();
    ASSERT_TRUE(writer.sync());
  }
  EXPECT_EQ(inspect_event_file(path)->last_seq, seq);
  EXPECT_EQ(inspect_event_file(path)->size, std::filesystem::file_size(path));
}

TEST_F(FaultyDisk, EventsThatDidNotReachTheDiskAreToldOf) {
  EventFileWriter writer(folder_.file("events"), "run-1");
  writer.append("{\"type\":\"node_log\",\"seq\":1}\n", 1);
  fail("sync EIO");
  const Result<void> synced = writer.sync();
  ASSERT_FALSE(synced);
  EXPECT_EQ(synced.error().code, ErrorCode::kIo);
  EXPECT_FALSE(writer.sync());
  mend();
  EXPECT_TRUE(writer.sync());
  EXPECT_EQ(inspect_event_file(folder_.file("events"))->last_seq, 1U);
}

}  // namespace
}  // namespace vnode::test
