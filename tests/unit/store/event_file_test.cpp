#include "store/event_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "sample_lines.h"
#include "store/event_line.h"
#include "store/event_mending.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

EventFileEnd inspect(const std::string& path) {
  Result<EventFileEnd> end = inspect_event_file(path);
  EXPECT_TRUE(end) << describe(end.error());
  return end ? *end : EventFileEnd{};
}

/// How many whole lines are within the first `size` bytes.
std::size_t whole_lines(const std::vector<std::string>& lines, std::size_t size) {
  std::size_t number = 0;
  std::size_t bytes = 0;
  while (number < lines.size() && bytes + lines[number].size() <= size) bytes += lines[number++].size();
  return number;
}

TEST(EventFile, NoFileAndAnEmptyOneHaveNoEvents) {
  const ScratchFolder folder;
  for (const std::string& path : {folder.file("none"), folder.write("empty", "")}) {
    const EventFileEnd end = inspect(path);
    EXPECT_EQ(end.last_seq, 0U);
    EXPECT_EQ(end.size, 0U);
    EXPECT_FALSE(end.finished);
  }
  const Result<EventFileEnd> of_folder = inspect_event_file(folder.path());
  ASSERT_FALSE(of_folder);
  EXPECT_EQ(of_folder.error().code, ErrorCode::kIo);
}

TEST(EventFile, TellsTheEnd) {
  const ScratchFolder folder;
  const std::vector<std::string> lines = sample_lines(1, 40);
  const EventFileEnd end = inspect(folder.write("whole", joined(lines)));
  EXPECT_EQ(end.last_seq, 40U);
  EXPECT_EQ(end.size, joined(lines).size());
  ASSERT_TRUE(end.finished);
  EXPECT_EQ(*end.finished + "\n", lines.back());
  ASSERT_TRUE(end.started);
  const auto last_begin = std::find_if(lines.rbegin(), lines.rend(), [](const std::string& line) {
    return line.find("execution_started") != line.npos;
  });
  EXPECT_EQ(*end.started + "\n", *last_begin);
  // What a further attempt has begun takes that back.
  std::string longer = joined(lines) + sample_lines(41, 3).front();
  EXPECT_FALSE(inspect(folder.write("longer", longer)).finished);
}

TEST(EventFile, CutAtEveryByteAndContinued) {
  const ScratchFolder folder;
  const std::vector<std::string> lines = sample_lines(1, 30);
  const std::string text = joined(lines);
  const std::string path = folder.file("events");
  for (std::size_t size = 0; size <= text.size(); ++size) {
    write_new(folder, "events", text.substr(0, size));
    const EventFileEnd end = inspect(path);
    const std::size_t kept = whole_lines(lines, size);
    ASSERT_EQ(end.last_seq, kept) << size;
    ASSERT_EQ(end.size, joined(lines, kept).size()) << size;
    ASSERT_EQ(end.finished.has_value(), kept == lines.size()) << size;
    const std::vector<std::string> more = sample_lines(kept + 1, 3);
    {
      EventFileWriter writer(path, "run-1", end);
      append_all(writer, more, kept + 1);
    }
    ASSERT_EQ(folder.read("events"), joined(lines, kept) + joined(more)) << size;
  }
}

TEST(EventFile, WhatIsBehindAHoleCounts) {
  const ScratchFolder folder;
  const std::vector<std::string> lines = sample_lines(1, 30);
  const std::string text = joined(lines);
  for (const std::size_t hole : {std::size_t{1}, std::size_t{512}, std::size_t{4096}}) {
    for (std::size_t at = 0; at + hole <= text.size(); at += 97) {
      std::string broken = text;
      broken.replace(at, hole, hole, '\0');
      const bool reaches_last = at + hole > text.size() - lines.back().size();
      const EventFileEnd end = inspect(write_new(folder, "events", broken));
      // (A hole in the newline alone costs nothing.)
      if (!reaches_last) {
        ASSERT_EQ(end.last_seq, 30U) << hole << " at " << at;
      }
      if (reaches_last) {
        ASSERT_LT(end.size, text.size()) << hole << " at " << at;
      }
      ASSERT_EQ(end.finished.has_value(), !reaches_last);
    }
  }
  EXPECT_EQ(inspect(write_new(folder, "events", text + std::string(300'000, '\0'))).last_seq, 30U);
  EXPECT_EQ(inspect(write_new(folder, "events", std::string(300'000, '\0') + text)).last_seq, 30U);
}

TEST(EventFile, TheSeqOnlyGoesUp) {
  const ScratchFolder folder;
  const std::vector<std::string> lines = sample_lines(1, 10);
  const std::string gap = stream_gap_line("run-1", 11, 20, WallTime());
  EXPECT_EQ(inspect(folder.write("doubled", joined(lines) + lines[4])).last_seq, 10U);
  EXPECT_EQ(inspect(folder.write("missing", joined(lines) + sample_lines(12, 2).front())).last_seq, 12U);
  EXPECT_EQ(inspect(folder.write("gap", joined(lines) + gap)).last_seq, 20U);
  EXPECT_EQ(inspect(folder.write("behind", joined(lines) + gap + joined(sample_lines(21, 5)))).last_seq, 25U);
  EXPECT_EQ(
      inspect(folder.write("overlap", joined(lines) + stream_gap_line("run-1", 10, 20, WallTime()))).last_seq,
      10U);
}

/// The lines with another number in one of them.
std::string renumbered(std::vector<std::string> lines, std::size_t at, std::uint64_t seq) {
  const std::string old = "\"seq\":" + std::to_string(at + 1) + ",";
  lines[at].replace(lines[at].find(old), old.size(), "\"seq\":" + std::to_string(seq) + ",");
  return joined(lines);
}

TEST(EventFile, AWrongNumberDoesNotHideTheEnd) {
  const ScratchFolder folder;
  const std::vector<std::string> lines = sample_lines(1, 30);
  for (std::size_t at = 0; at < lines.size(); ++at) {
    for (const std::uint64_t seq : {std::uint64_t{1}, std::uint64_t{at}, std::uint64_t{at + 2},
                                    std::uint64_t{31}, std::uint64_t{5'000'000'000}}) {
      if (seq == 0 || seq == at + 1) continue;
      const std::string text = renumbered(lines, at, seq);
      const EventFileEnd end = inspect(write_new(folder, "events", text));
      const bool is_last = at + 1 == lines.size();
      ASSERT_EQ(end.size, text.size()) << at << " as " << seq;
      ASSERT_EQ(end.last_seq, is_last && seq > 30 ? seq : 30U) << at << " as " << seq;
      ASSERT_TRUE(end.finished) << at << " as " << seq;
      ASSERT_TRUE(text.ends_with(*end.finished + "\n"));
    }
  }
}

TEST(EventFile, HugeLinesAndJunk) {
  const ScratchFolder folder;
  const std::string start = sample_lines(1, 2).front();
  const std::string huge =
      R"({"type":"node_log","seq":2,"message":")" + std::string(5'000'000, 'x') + "\"}\n";
  EXPECT_EQ(inspect(folder.write("huge", start + huge + sample_lines(3, 2).front())).last_seq, 3U);
  EXPECT_EQ(inspect(folder.write("cut", start + huge.substr(0, 4'000'000))).last_seq, 1U);
  std::filesystem::resize_file(folder.write("hole", start), std::uintmax_t{1} << 40);
  EXPECT_EQ(inspect(folder.file("hole")).last_seq, 1U);
  std::filesystem::resize_file(folder.write("only a hole", ""), std::uintmax_t{1} << 40);
  EXPECT_EQ(inspect(folder.file("only a hole")).size, 0U);
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string junk(1 + random() % 10'000, '\0');
    for (char& byte : junk) byte = static_cast<char>(random());
    EXPECT_EQ(inspect(write_new(folder, "junk", junk)).size, 0U);
    EXPECT_EQ(inspect(write_new(folder, "junk", start + junk)).last_seq, 1U);
  }
}

/// Overwrites, removes, repeats or inserts a piece.
std::string corrupt(std::string text, std::mt19937& random) {
  const std::size_t at = random() % text.size();
  const std::size_t size = std::min<std::size_t>(1 + random() % 300, text.size() - at);
  switch (random() % 5) {
    case 0:
      text[at] = static_cast<char>(random());
      break;
    case 1:
      text.erase(at, size);
      break;
    case 2:
      text.insert(at, text.substr(random() % text.size(), size));
      break;
    case 3:
      text.replace(at, size, size, '\0');
      break;
    default:
      text.insert(at, std::string(size, static_cast<char>(random())));
      break;
  }
  return text;
}

TEST(EventFile, WhateverItHoldsIsContinued) {
  const ScratchFolder folder;
  const std::string text = joined(sample_lines(1, 25));
  std::mt19937 random(11);
  for (int round = 0; round < 500; ++round) {
    std::string broken = text;
    for (unsigned i = 0; i <= random() % 3; ++i) broken = corrupt(broken, random);
    const std::string path = write_new(folder, "events", broken);
    const EventFileEnd end = inspect(path);
    ASSERT_LE(end.size, broken.size());
    {
      EventFileWriter writer(path, "run-1", end);
      append_all(writer, sample_lines(end.last_seq + 1, 3), end.last_seq + 1);
    }
    // What readers are told of it is one valid stream.
    std::string mended;
    EventMending mending("run-1", 0);
    const std::string continued = folder.read("events");
    for (std::size_t at = 0; at < continued.size();) {
      const std::size_t newline = std::min(continued.find('\n', at), continued.size());
      mending.take_line(std::string_view(continued).substr(at, newline - at),
                        [&mended](std::string_view line) { mended.append(line).append("\n"); });
      at = newline + 1;
    }
    mending.settle([&mended](std::string_view line) { mended.append(line).append("\n"); });
    const std::vector<EventHead> heads = heads_of(mended);
    ASSERT_FALSE(heads.empty());
    ASSERT_EQ(heads.back().seq, end.last_seq + 3) << round;
    ASSERT_TRUE(mending.has_end());
    ASSERT_TRUE(folder.read("events").starts_with(broken.substr(0, end.size)));
  }
}

}  // namespace
}  // namespace vnode::test
