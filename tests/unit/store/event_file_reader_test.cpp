#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "sample_lines.h"
#include "store/event_file.h"
#include "store/event_line.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

std::string read_all(EventFileReader& reader, std::size_t most, std::uint64_t published) {
  std::string text;
  while (true) {
    const std::size_t before = text.size();
    const Result<bool> more = reader.read(text, most, published);
    EXPECT_TRUE(more) << describe(more.error());
    if (!more || !*more) return text;
    EXPECT_GT(text.size(), before);
    EXPECT_EQ(text.back(), '\n');
  }
}

std::string read_since(const std::string& path, std::uint64_t since, std::size_t most = 1000) {
  const std::uint64_t size = std::filesystem::file_size(path);
  Result<EventFileReader> reader = EventFileReader::open(path, since, size);
  EXPECT_TRUE(reader) << describe(reader.error());
  return reader ? read_all(*reader, most, size) : "";
}

/// By this process, ever; 0 where the system does not tell.
std::uint64_t bytes_read() {
  std::ifstream in("/proc/self/io");
  std::string name;
  std::uint64_t bytes = 0;
  in >> name >> bytes;
  return bytes;
}

TEST(EventFileReader, NoFile) {
  const ScratchFolder folder;
  const Result<EventFileReader> reader = EventFileReader::open(folder.file("none"), 0, 0);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::kNotFound);
}

TEST(EventFileReader, BeginsBehindAnySeq) {
  const ScratchFolder folder;
  const std::vector<std::string> lines = sample_lines(1, 400);
  const std::string path = write_new(folder, "events", joined(lines));
  for (std::size_t since = 0; since <= lines.size() + 1; ++since) {
    const std::size_t skipped = joined(lines, std::min(since, lines.size())).size();
    ASSERT_EQ(read_since(path, since), joined(lines).substr(skipped)) << since;
  }
  EXPECT_EQ(read_since(path, ~std::uint64_t{0}), "");
}

TEST(EventFileReader, LinesOfAllLengthsAndGaps) {
  const ScratchFolder folder;
  std::mt19937 random(3);
  for (int round = 0; round < 60; ++round) {
    std::vector<std::pair<std::uint64_t, std::string>> lines;
    std::string text;
    std::uint64_t seq = 0;
    const std::size_t number = random() % 60;
    while (lines.size() < number) {
      const bool is_gap = random() % 8 == 0;
      const std::uint64_t from = seq + 1;
      seq += is_gap ? 1 + random() % 20 : 1;
      const std::size_t size = random() % 4 == 0 ? random() % 40'000 : random() % 200;
      lines.emplace_back(seq, is_gap ? stream_gap_line("r", from, seq, WallTime())
                                     : R"({"type":"node_log","seq":)" + std::to_string(seq) +
                                           R"(,"message":")" + std::string(size, 'x') + "\"}\n");
      text += lines.back().second;
    }
    const std::string path = write_new(folder, "events", text);
    for (std::uint64_t since = 0; since <= seq + 1; ++since) {
      std::string expected;
      for (const auto& [line_seq, line] : lines) {
        if (line_seq > since) expected += line;
      }
      ASSERT_EQ(read_since(path, since, 1 + random() % 3000), expected) << round << " since " << since;
    }
  }
}

TEST(EventFileReader, LooksAtLittleOfALongFile) {
  const ScratchFolder folder;
  std::string text;
  std::vector<std::size_t> starts;
  for (int seq = 1; seq <= 200'000; ++seq) {
    starts.push_back(text.size());
    text += R"({"type":"node_log","seq":)" + std::to_string(seq) +
            R"(,"message":"abcdefghijklmnopqrstuvwxyz"})"
            "\n";
  }
  const std::string path = write_new(folder, "events", text);
  const std::uint64_t before = bytes_read();
  for (std::uint64_t since = 1; since < 200'000; since += 1999) {
    Result<EventFileReader> reader = EventFileReader::open(path, since, text.size());
    std::string line;
    ASSERT_TRUE(reader && *reader->read(line, 1, text.size()));
    ASSERT_EQ(line, text.substr(starts[since],
                                starts[since + 1 < starts.size() ? since + 1 : since] - starts[since]));
  }
  // About 15 steps of a few lines each: not 100 times the file.
  EXPECT_LT(bytes_read() - before, text.size());
}

TEST(EventFileReader, ReadsUpToWhatIsPublished) {
  const ScratchFolder folder;
  const std::vector<std::string> lines = sample_lines(1, 20);
  const std::string path = write_new(folder, "events", joined(lines));
  Result<EventFileReader> reader = EventFileReader::open(path, 0, 0);
  ASSERT_TRUE(reader);
  std::string text;
  for (std::size_t number = 0; number <= lines.size(); ++number) {
    text += read_all(*reader, 100, joined(lines, number).size());
    ASSERT_EQ(text, joined(lines, number));
  }
}

TEST(EventFileReader, AtLeastALineAndNotMuchMore) {
  const ScratchFolder folder;
  const std::string line = R"({"type":"node_log","seq":1,"message":")" + std::string(100'000, 'x') + "\"}\n";
  const std::string path = write_new(folder, "events", line + line);
  Result<EventFileReader> reader = EventFileReader::open(path, 0, 2 * line.size());
  ASSERT_TRUE(reader);
  std::string text = "before";
  ASSERT_TRUE(*reader->read(text, 10, 2 * line.size()));
  EXPECT_EQ(text, "before" + line);
}

TEST(EventFileReader, AFileThatHasBecomeShorterIsAnError) {
  const ScratchFolder folder;
  const std::string text = joined(sample_lines(1, 5));
  const std::string path = write_new(folder, "events", text);
  Result<EventFileReader> reader = EventFileReader::open(path, 0, text.size());
  ASSERT_TRUE(reader);
  std::filesystem::resize_file(path, 10);
  std::string out = "kept";
  const Result<bool> more = reader->read(out, 1'000'000, text.size());
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::kIo);
  EXPECT_EQ(out, "kept");
}

TEST(EventFileReader, ManyReadersFollowAWriter) {
  const ScratchFolder folder;
  const std::string path = folder.file("events");
  const std::vector<std::string> lines = sample_lines(1, 3000);
  EventFileWriter writer(path, "run-1");
  std::atomic<bool> is_finished = false;
  std::vector<std::string> texts(4);
  std::vector<std::thread> readers;
  for (std::string& text : texts) {
    readers.emplace_back([&] {
      Result<EventFileReader> reader = EventFileReader::open(path, 0, writer.published());
      ASSERT_TRUE(reader);
      while (true) {
        const bool was_finished = is_finished;
        text += read_all(*reader, 5000, writer.published());
        if (was_finished) return;
        std::this_thread::yield();
      }
    });
  }
  append_all(writer, lines, 1);
  writer.flush();
  is_finished = true;
  for (std::thread& reader : readers) reader.join();
  for (const std::string& text : texts) EXPECT_EQ(text, joined(lines));
}

}  // namespace
}  // namespace vnode::test
