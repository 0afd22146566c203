#include "journal/journal_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/owned_fd.h"
#include "journal/record_reader.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

using test::ScratchFolder;

std::vector<std::string> records_of(const std::string& path) {
  std::vector<std::string> payloads;
  const OwnedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  Result<RecordReader> reader = RecordReader::open(fd.get(), path);
  if (!reader) return {reader.error().message};
  for (;;) {
    const auto payload = reader->next();
    if (!payload || !*payload) return payloads;
    payloads.emplace_back(**payload);
  }
}

TEST(JournalFile, IsPrivateAndHasWhatWasAppended) {
  const ScratchFolder folder;
  const std::string path = folder.file("run.journal");
  {
    const auto file = JournalFile::create(path);
    ASSERT_TRUE(file) << file.error().message;
    struct stat status = {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777u, 0600u);
    (*file)->append("one");
    (*file)->append(std::string(200'000, 'x'));
    (*file)->flush();
    EXPECT_EQ(records_of(path).size(), 2u);
    (*file)->append("three");
  }
  EXPECT_EQ(records_of(path).back(), "three");
}

TEST(JournalFile, WhoseNameCanWaitWaitsForNoDisk) {
  const ScratchFolder folder;
  const auto file =
      JournalFile::create(folder.file("run.journal"), JournalFile::Name::kWithFirstSync).value();
  EXPECT_FALSE(file->is_durable());
  file->append("one");
  file->sync_and_wait();
  EXPECT_TRUE(file->is_durable());
  EXPECT_FALSE(file->error());
  EXPECT_EQ(records_of(file->path()), std::vector<std::string>{"one"});
}

TEST(JournalFile, InMemoryIsWhatWasAppended) {
  const auto file = JournalFile::in_memory();
  file->append("one");
  file->append_lazily("two");
  file->flush();
  file->sync_and_wait();
  EXPECT_TRUE(file->is_durable());
  EXPECT_EQ(file->payloads(), (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(file->payload_bytes(), 6u);
}

TEST(JournalFile, BeyondItsLimitIsGivenUp) {
  const ScratchFolder folder;
  const std::string path = folder.file("run.journal");
  const auto file = JournalFile::create(path).value();
  file->give_up_beyond(1000);
  file->append(std::string(500, 'x'));
  file->flush();
  EXPECT_FALSE(file->is_given_up());
  file->append(std::string(500, 'x'));
  EXPECT_TRUE(file->is_given_up());
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
  file->append("more");
  EXPECT_TRUE(file->is_durable());
  EXPECT_FALSE(file->has_failed());
}

TEST(JournalFile, IsNotPutOverAFile) {
  const ScratchFolder folder;
  const auto file = JournalFile::create(folder.write("precious", "data"));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kUsage);
  EXPECT_EQ(folder.read("precious"), "data");
  EXPECT_TRUE(JournalFile::create(folder.write("empty", "")));
}

TEST(JournalFile, IsForOneAtATime) {
  const ScratchFolder folder;
  const std::string path = folder.file("run.journal");
  auto first = JournalFile::create(path);
  ASSERT_TRUE(first);
  const auto second = JournalFile::open(path, Duration::zero());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  std::thread ending([&first] { first->reset(); });
  EXPECT_TRUE(JournalFile::open(path, std::chrono::seconds(60)));
  ending.join();
}

TEST(JournalFile, StaysLockedForWhoeverHoldsItsDescriptor) {
  const ScratchFolder folder;
  const std::string path = folder.file("run.journal");
  OwnedFd held(::dup((*JournalFile::create(path))->descriptor()));
  EXPECT_EQ(JournalFile::open(path, Duration::zero()).error().code, ErrorCode::kUnavailable);
  held.reset();
  EXPECT_TRUE(JournalFile::open(path, Duration::zero()));
}

TEST(JournalFile, GoesOnBehindTheLastWholeRecord) {
  const ScratchFolder folder;
  const std::string path = folder.file("run.journal");
  std::uint64_t end = 0;
  {
    auto file = JournalFile::create(path);
    (*file)->append("one");
    end = (*file)->append("torn");
  }
  ASSERT_EQ(::truncate(path.c_str(), static_cast<off_t>(end + 9)), 0);
  {
    auto file = JournalFile::open(path, Duration::zero());
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->go_on(end));
    EXPECT_EQ((*file)->append("two"), end);
  }
  EXPECT_EQ(records_of(path), (std::vector<std::string>{"one", "two"}));
}

TEST(JournalFile, BeginsAnewWhereNothingIsWhole) {
  const ScratchFolder folder;
  const std::string path = folder.write("run.journal", "vnodej");
  auto file = JournalFile::open(path, Duration::zero());
  ASSERT_TRUE((*file)->go_on(0));
  (*file)->append("one");
  (*file)->flush();
  EXPECT_EQ(records_of(path), std::vector<std::string>{"one"});
}

TEST(JournalFile, TellsWhenWhatWasAppendedIsDurable) {
  const ScratchFolder folder;
  auto file = JournalFile::create(folder.file("run.journal"));
  bool is_told = false;
  (*file)->sync([&is_told] { is_told = true; });  // nothing was appended since
  EXPECT_TRUE(is_told);
  std::atomic<int> told = 0;
  for (int i = 0; i < 100; ++i) {
    (*file)->append("record " + std::to_string(i));
    (*file)->sync([&told] { ++told; });
  }
  (*file)->sync_and_wait();
  EXPECT_EQ(told, 100);
  EXPECT_FALSE((*file)->error());
  EXPECT_EQ(records_of(folder.file("run.journal")).size(), 100u);
}

TEST(JournalFile, IsMadeWhereThereIsAFolder) {
  EXPECT_EQ(JournalFile::create("/nowhere/at/all").error().code, ErrorCode::kIo);
  EXPECT_EQ(JournalFile::open("/nowhere/at/all", Duration::zero()).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(JournalFile::open("/dev/null", Duration::zero()));
  EXPECT_FALSE(JournalFile::create("/dev/null"));
}

}  // namespace
}  // namespace vnode
