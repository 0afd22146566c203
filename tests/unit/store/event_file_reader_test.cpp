#include <gtest/gtest.h>
#include <sys/stat.h>

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

/// The same of a damaged file: some calls pass over junk only.
std::string read_damaged(const std::string& path, std::uint64_t since) {
  const std::uint64_t size = std::filesystem::file_size(path);
  Result<EventFileReader> reader = EventFileReader::open(path, since, size);
  EXPECT_TRUE(reader) << describe(reader.error());
  std::string text;
  while (reader && *reader->read(text, 1000, size)) {
  }
  return text;
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

TEST(EventFileReader, WaitsInAFileThatHasBecomeShorter) {
  const ScratchFolder folder;
  const std::string text = joined(sample_lines(1, 5));
  const std::string path = write_new(folder, "events", text);
  Result<EventFileReader> reader = EventFileReader::open(path, 0, text.size());
  ASSERT_TRUE(reader);
  std::filesystem::resize_file(path, 10);
  std::string out = "kept";
  const Result<bool> more = reader->read(out, 1'000'000, text.size());
  ASSERT_TRUE(more);
  EXPECT_FALSE(*more);
  EXPECT_EQ(out, "kept");
}

TEST(EventFileReader, GoesOnInTheFileThatTookItsPlace) {
  const ScratchFolder folder;
  const std::vector<std::string> lines = sample_lines(1, 8);
  const std::string path = write_new(folder, "events", joined(lines, 4));
  Result<EventFileReader> reader = EventFileReader::open(path, 0, joined(lines, 4).size());
  ASSERT_TRUE(reader);
  EXPECT_EQ(read_all(*reader, 1000, joined(lines, 4).size()), joined(lines, 4));
  write_new(folder, "events", joined(lines));
  EXPECT_EQ(joined(lines, 4) + read_all(*reader, 1000, joined(lines).size()), joined(lines));
}

TEST(EventFileReader, DoesNotWaitForThePipeThatTookItsPlace) {
  const ScratchFolder folder;
  ASSERT_EQ(::mkfifo(folder.file("events").c_str(), 0600), 0);
  EXPECT_FALSE(EventFileReader::open(folder.file("events"), 0, 100));
  EXPECT_FALSE(EventFileReader::open(folder.path(), 0, 100));
  EXPECT_FALSE(inspect_event_file(folder.file("events")));
  EXPECT_FALSE(has_last_event(folder.file("events")));
}

TEST(EventFileReader, FindsItsPlaceInADamagedFile) {
  const ScratchFolder folder;
  const std::vector<std::string> lines = sample_lines(1, 60);
  const std::string text = joined(lines);
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    std::string broken = text;
    const std::size_t hole = 1 + random() % 2000;
    const std::size_t at = random() % (text.size() - hole);
    for (std::size_t i = at; i < at + hole; ++i)
      broken[i] = round % 2 == 0 ? '\0' : static_cast<char>(random());
    const std::string path = write_new(folder, "events", broken);
    for (std::size_t since = 1; since < lines.size(); since += 7) {
      // Every event that is whole, behind an end of line, and wanted is there.
      const std::string found = read_damaged(path, since);
      std::size_t start = 0;
      for (std::size_t i = 0; i < lines.size(); start += lines[i++].size()) {
        const bool is_whole = start + lines[i].size() <= at || start > at + hole;
        if (i >= since && is_whole) {
          ASSERT_NE(found.find(lines[i].substr(0, lines[i].size() - 1)), found.npos);
        }
      }
    }
  }
}

TEST(EventFileReader, FindsItsPlaceBesideAWrongNumber) {
  const ScratchFolder folder;
  const std::vector<std::string> lines = sample_lines(1, 60);
  for (std::size_t wrong = 1; wrong < lines.size(); wrong += 3) {
    for (const std::string& seq : {std::string("1"), std::to_string(wrong), std::string("99999")}) {
      std::vector<std::string> altered = lines;
      const std::string old = "\"seq\":" + std::to_string(wrong + 1) + ",";
      altered[wrong].replace(altered[wrong].find(old), old.size(), "\"seq\":" + seq + ",");
      const std::string path = write_new(folder, "events", joined(altered));
      for (std::size_t since = 1; since < lines.size(); ++since) {
        const std::string found = read_damaged(path, since);
        for (std::size_t i = since; i < lines.size(); ++i) {
          if (i != wrong) {
            ASSERT_NE(found.find(lines[i]), found.npos) << wrong << " as " << seq << ", " << since;
          }
        }
      }
    }
  }
}

TEST(EventFileReader, PassesOverJunkWithoutKeepingIt) {
  const ScratchFolder folder;
  const std::string path = write_new(folder, "events", sample_lines(1, 2).front());
  std::filesystem::resize_file(path, std::uintmax_t{1} << 36);
  std::ofstream(path, std::ios::app) << joined(sample_lines(2, 2));
  EXPECT_EQ(read_damaged(path, 0), sample_lines(1, 2).front() + joined(sample_lines(2, 2)));
  EXPECT_TRUE(read_damaged(path, 2).ends_with(sample_lines(2, 2).back()));
  EXPECT_TRUE(has_last_event(path));
}

TEST(EventFileReader, KnowsTheLastEventOfARun) {
  const ScratchFolder folder;
  const std::string text = joined(sample_lines(1, 30));
  EXPECT_TRUE(has_last_event(folder.write("whole", text)));
  EXPECT_TRUE(has_last_event(folder.write("no newline", text.substr(0, text.size() - 1))));
  EXPECT_FALSE(has_last_event(folder.write("cut", text.substr(0, text.size() - 2))));
  EXPECT_FALSE(has_last_event(folder.write("empty", "")));
  EXPECT_FALSE(has_last_event(folder.file("none")));
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
