#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "sample_lines.h"
#include "small_disk.h"
#include "store/event_file.h"
#include "store/event_line.h"
#include "store/event_mending.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

std::string numbered_line(std::uint64_t seq, std::size_t size = 100) {
  return R"({"type":"node_log","seq":)" + std::to_string(seq) + R"(,"message":")" + std::string(size, 'x') +
         "\"}\n";
}

void append_numbered(EventFileWriter& writer, std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t seq = first; seq <= last; ++seq) writer.append(numbered_line(seq), seq);
}

/// The events of a file: their numbers, and gaps as negative numbers of lost events.
std::vector<std::int64_t> contents(const std::string& text) {
  std::vector<std::int64_t> found;
  for (const EventHead& head : heads_of(text)) {
    const auto seq = static_cast<std::int64_t>(head.seq);
    found.push_back(head.type == "stream_gap" ? static_cast<std::int64_t>(head.from) - seq - 1 : seq);
  }
  return found;
}

/// How many events a gap of the file stands for; fails when there is not exactly one gap.
std::int64_t lost_in(const std::string& text) {
  std::vector<std::int64_t> gaps;
  for (const std::int64_t entry : contents(text)) {
    if (entry < 0) gaps.push_back(-entry);
  }
  EXPECT_EQ(gaps.size(), 1U);
  return gaps.empty() ? 0 : gaps.front();
}

TEST(EventFileWriter, WritesInBlocks) {
  const ScratchFolder folder;
  EventFileWriter writer(folder.file("events"), "run-1");
  EXPECT_FALSE(writer.error());
  append_numbered(writer, 1, 10);
  EXPECT_EQ(writer.published(), 0U);
  EXPECT_EQ(writer.last_seq(), 10U);
  writer.flush();
  EXPECT_EQ(writer.published(), folder.read("events").size());
  EXPECT_EQ(contents(folder.read("events")).size(), 10U);
  const std::uint64_t before = writer.published();
  append_numbered(writer, 11, 1000);
  EXPECT_GT(writer.published(), before + 50'000);
  EXPECT_TRUE(writer.sync());
  EXPECT_EQ(contents(folder.read("events")).size(), 1000U);
}

TEST(EventFileWriter, TheFileIsPrivate) {
  const ScratchFolder folder;
  const EventFileWriter writer(folder.file("events"), "run-1");
  struct stat status {};
  ASSERT_EQ(::stat(folder.file("events").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST(EventFileWriter, TheDestructorWrites) {
  const ScratchFolder folder;
  {
    EventFileWriter writer(folder.file("events"), "run-1");
    append_numbered(writer, 1, 3);
  }
  EXPECT_EQ(contents(folder.read("events")).size(), 3U);
}

TEST(EventFileWriter, CutsWhatIsBehindTheEnd) {
  const ScratchFolder folder;
  const std::string start = numbered_line(1) + numbered_line(2);
  folder.write("events", start + "{\"type\":\"node");
  EventFileWriter writer(folder.file("events"), "run-1", {2, start.size(), std::nullopt});
  EXPECT_EQ(folder.read("events"), start);
  EXPECT_EQ(writer.published(), start.size());
  EXPECT_EQ(writer.last_seq(), 2U);
  append_numbered(writer, 3, 3);
  writer.flush();
  EXPECT_EQ(folder.read("events"), start + numbered_line(3));
}

TEST(EventFileWriter, WhatAnExistingFileHasLostBecomesAGap) {
  const ScratchFolder folder;
  folder.write("events", numbered_line(1) + numbered_line(2) + "{\"ty");
  EventFileWriter writer(folder.file("events"), "run-1", {9, 10'000, std::nullopt});
  append_numbered(writer, 10, 11);
  writer.flush();
  EXPECT_EQ(contents(folder.read("events")), (std::vector<std::int64_t>{1, 2, -7, 10, 11}));
  EventFileWriter gone(folder.file("gone"), "run-1", {3, 1000, std::nullopt});
  gone.flush();
  EXPECT_EQ(contents(folder.read("gone")), (std::vector<std::int64_t>{-3}));
}

TEST(EventFileWriter, TriesAgainToOpen) {
  const ScratchFolder folder;
  folder.write("later", "in the way of the folder");
  EventFileWriter writer(folder.file("later/events"), "run-1");
  ASSERT_TRUE(writer.error());
  EXPECT_EQ(writer.error()->code, ErrorCode::kIo);
  append_numbered(writer, 1, 5);
  EXPECT_FALSE(writer.sync());
  std::filesystem::remove(folder.file("later"));
  EXPECT_TRUE(writer.sync());
  EXPECT_FALSE(writer.error());
  EXPECT_EQ(contents(folder.read("later/events")).size(), 5U);
}

TEST(EventFileWriter, MakesItsFolder) {
  const ScratchFolder folder;
  EventFileWriter writer(folder.file("events/20260102/1.ndjson"), "run-1");
  append_numbered(writer, 1, 5);
  EXPECT_TRUE(writer.sync());
  EXPECT_EQ(contents(folder.read("events/20260102/1.ndjson")).size(), 5U);
}

TEST(EventFileWriter, DoesNotMakeAStateDirectoryThatIsGone) {
  const ScratchFolder folder;
  EventFileWriter writer(folder.file("state/events/20260102/1.ndjson"), "run-1");
  append_numbered(writer, 1, 5);
  EXPECT_FALSE(writer.sync());
  EXPECT_FALSE(std::filesystem::exists(folder.file("state")));
}

/// What readers are told of a file: seq, and where a gap begins.
std::vector<std::string> told(const std::string& path, std::uint64_t since = 0) {
  std::vector<std::string> events;
  Result<EventFileReader> reader = EventFileReader::open(path, since, std::filesystem::file_size(path));
  EXPECT_TRUE(reader);
  std::string text;
  while (reader && *reader->read(text, 1000, std::filesystem::file_size(path))) {
  }
  EventMending mending("run-1", since);
  const auto tell = [&](std::string_view line) {
    const auto head = parse_event_line(line);
    ASSERT_TRUE(head);
    const bool is_gap = head->type == "stream_gap";
    events.push_back((is_gap ? std::to_string(head->from) + "-" : "") + std::to_string(head->seq));
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    mending.take_line(std::string_view(text).substr(at, end - at), tell);
    at = end + 1;
  }
  mending.settle(tell);
  return events;
}

TEST(EventFileWriter, GoesOnInAFileThatWasEmptied) {
  const ScratchFolder folder;
  const std::string path = folder.file("events");
  EventFileWriter writer(path, "run-1");
  append_numbered(writer, 1, 5);
  writer.flush();
  std::filesystem::resize_file(path, 0);
  append_numbered(writer, 6, 7);
  writer.flush();
  EXPECT_EQ(writer.published(), std::filesystem::file_size(path));
  EXPECT_EQ(told(path), (std::vector<std::string>{"1-5", "6", "7"}));
  EXPECT_EQ(told(path, 3), (std::vector<std::string>{"4-5", "6", "7"}));
  EXPECT_EQ(told(path, 6), (std::vector<std::string>{"7"}));
  EXPECT_EQ(inspect_event_file(path)->last_seq, 7U);
}

TEST(EventFileWriter, MakesAFileThatWasRemovedAgain) {
  const ScratchFolder folder;
  const std::string path = folder.file("events/260102/1.ndjson");
  EventFileWriter writer(path, "run-1");
  append_numbered(writer, 1, 5);
  writer.flush();
  std::filesystem::remove_all(folder.file("events"));
  append_numbered(writer, 6, 7);
  EXPECT_TRUE(writer.sync());
  EXPECT_EQ(told(path), (std::vector<std::string>{"1-5", "6", "7"}));
}

TEST(EventFileWriter, CountsWhatIsBeyondItsLimitAndKeepsTheLast) {
  const ScratchFolder folder;
  const std::string path = folder.file("events");
  EventFileWriter writer(path, "run-1", {}, 500);
  append_numbered(writer, 1, 1000);
  writer.flush();
  const std::uint64_t before = writer.published();
  EXPECT_LE(before, 500U);
  EXPECT_GT(before, 400U);
  writer.append_last("{\"type\":\"execution_finished\",\"seq\":1001}\n", 1001);
  writer.close();
  EXPECT_FALSE(writer.error());
  const std::vector<EventHead> heads = heads_of(folder.read("events"));
  EXPECT_EQ(heads.back().type, "execution_finished");
  EXPECT_EQ(heads[heads.size() - 2].type, "stream_gap");
  EXPECT_EQ(heads[heads.size() - 2].seq, 1000U);
  EXPECT_EQ(writer.beyond_limit(), 1000 - (heads.size() - 2));
}

TEST(EventFileWriter, CountsForTheNextAttemptToo) {
  const ScratchFolder folder;
  const std::string path = folder.file("events");
  {
    EventFileWriter writer(path, "run-1", {}, 500);
    append_numbered(writer, 1, 1000);
    writer.close();
  }
  const EventFileEnd end = *inspect_event_file(path);
  EXPECT_EQ(end.last_seq, 1000U);
  EventFileWriter writer(path, "run-1", end, 500);
  append_numbered(writer, 1001, 1010);
  EXPECT_EQ(writer.beyond_limit(), 10U);
  writer.append_last("{\"type\":\"execution_finished\",\"seq\":1011}\n", 1011);
  writer.close();
  EXPECT_EQ(heads_of(folder.read("events")).back().seq, 1011U);
}

TEST(EventFileWriter, KeepsABlockWhileItCannotWriteAndThenLoses) {
  const ScratchFolder folder;
  folder.write("later", "in the way of the folder");
  EventFileWriter writer(folder.file("later/events"), "run-1");
  append_numbered(writer, 1, 100'000);
  EXPECT_EQ(writer.published(), 0U);
  EXPECT_EQ(writer.last_seq(), 100'000U);
  std::filesystem::remove(folder.file("later"));
  writer.flush();
  append_numbered(writer, 100'001, 100'002);
  EXPECT_TRUE(writer.sync());
  const std::string text = folder.read("later/events");
  EXPECT_GT(lost_in(text), 99'000);
  EXPECT_LT(lost_in(text), 99'900);
  EXPECT_EQ(contents(text).back(), 100'002);
}

TEST(EventFileWriter, AFileThatMayNotGrow) {
  const ScratchFolder folder;
  const std::string path = folder.file("events");
  EventFileWriter writer(path, "run-1");
  constexpr std::size_t kLimit = 20'000;
  {
    const FileSizeLimit limit(kLimit);
    append_numbered(writer, 1, 5000);
    writer.flush();
    ASSERT_TRUE(writer.error());
    EXPECT_FALSE(writer.sync());
    // Only whole lines are left, and readers are told of no more.
    EXPECT_EQ(folder.read("events").size(), writer.published());
    EXPECT_GT(writer.published(), kLimit - 200);
    EXPECT_EQ(inspect_event_file(path)->size, writer.published());
    append_numbered(writer, 5001, 5010);
  }
  append_numbered(writer, 5011, 5020);
  writer.flush();
  EXPECT_FALSE(writer.error());
  append_numbered(writer, 5021, 5022);
  EXPECT_TRUE(writer.sync());
  const std::string text = folder.read("events");
  EXPECT_GT(lost_in(text), 4000);
  EXPECT_EQ(contents(text).back(), 5022);
  EXPECT_EQ(text.size(), writer.published());
}

TEST(EventFileWriter, NothingIsLostByAShortFailure) {
  const ScratchFolder folder;
  EventFileWriter writer(folder.file("events"), "run-1");
  for (rlim_t limit = 0; limit < 3000; limit += 37) {
    const std::uint64_t first = writer.last_seq() + 1;
    {
      const FileSizeLimit limited(writer.published() + limit % 301);
      append_numbered(writer, first, first + 2);
      writer.flush();
    }
    writer.flush();
    ASSERT_FALSE(writer.error());
  }
  EXPECT_EQ(contents(folder.read("events")).size(), writer.last_seq());
}

TEST(EventFileWriter, AFullDisk) {
  SmallDisk disk("256k");
  if (!disk.is_there()) GTEST_SKIP() << "may not mount";
  const std::string path = disk.file("events");
  EventFileWriter writer(path, "run-1");
  append_numbered(writer, 1, 20);
  EXPECT_TRUE(writer.sync());
  disk.fill();
  append_numbered(writer, 21, 3000);
  EXPECT_FALSE(writer.sync());
  ASSERT_TRUE(writer.error());
  EXPECT_EQ(writer.error()->code, ErrorCode::kIo);
  EXPECT_EQ(inspect_event_file(path)->size, writer.published());
  disk.make_space();
  writer.flush();
  append_numbered(writer, 3001, 3003);
  EXPECT_TRUE(writer.sync());
  const Result<EventFileEnd> end = inspect_event_file(path);
  EXPECT_EQ(end->last_seq, 3003U);
  EXPECT_EQ(end->size, std::filesystem::file_size(path));
}

TEST(EventFileWriter, AHugeLineGoesThroughAndAnEndlessOneIsLost) {
  const ScratchFolder folder;
  EventFileWriter writer(folder.file("events"), "run-1");
  writer.append(numbered_line(1, 3'000'000), 1);
  EXPECT_GT(writer.published(), 3'000'000U);
  writer.append(numbered_line(2, kMaxEventLine), 2);
  writer.append(numbered_line(3), 3);
  writer.flush();
  EXPECT_EQ(contents(folder.read("events")), (std::vector<std::int64_t>{1, -1, 3}));
}

}  // namespace
}  // namespace vnode::test
