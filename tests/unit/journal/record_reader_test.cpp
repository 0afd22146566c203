#include "journal/record_reader.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/memory_file.h"
#include "journal/record_frame.h"

namespace vnode {
namespace {

struct Sample {
  std::string bytes = journal_preamble();
  std::vector<std::string> payloads;
  std::vector<std::size_t> ends;  ///< of the records; the preamble's first

  explicit Sample(const std::vector<std::string>& texts) {
    ends.push_back(bytes.size());
    for (const std::string& text : texts) {
      const std::size_t place = bytes.size();
      const auto frame = record_frame(place, text);
      const auto trailer = record_trailer(place, text);
      bytes.append(frame.data(), frame.size()).append(text).append(trailer.data(), trailer.size());
      payloads.push_back(text);
      ends.push_back(bytes.size());
    }
  }
};

struct Reading {
  std::vector<std::string> payloads;
  std::uint64_t end = 0;
  RecordsEnd how = RecordsEnd::kWhole;
  std::string error;
};

Reading read_all(const std::string& bytes) {
  Reading reading;
  const Result<OwnedFd> file = memory_file(bytes);
  Result<RecordReader> reader = RecordReader::open(file->get(), "run.journal");
  if (!reader) {
    reading.error = reader.error().message;
    EXPECT_EQ(reader.error().code, ErrorCode::kBadDocument);
    return reading;
  }
  for (;;) {
    const auto payload = reader->next();
    if (!payload) {
      reading.error = payload.error().message;
      EXPECT_EQ(payload.error().code, ErrorCode::kBadDocument);
      break;
    }
    if (!*payload) break;
    reading.payloads.emplace_back(**payload);
    EXPECT_EQ(*reader->read_at(reader->place()), reading.payloads.back());
  }
  reading.end = reader->end();
  reading.how = reader->how_it_ends();
  return reading;
}

const Sample& sample() {
  static const Sample made({"one", "the second record", std::string(40, 'z'), "4", std::string(3, '\0')});
  return made;
}

TEST(RecordReader, ReadsAllInTheirOrder) {
  const Reading reading = read_all(sample().bytes);
  EXPECT_EQ(reading.payloads, sample().payloads);
  EXPECT_EQ(reading.end, sample().bytes.size());
  EXPECT_EQ(reading.how, RecordsEnd::kWhole);
}

TEST(RecordReader, ReadsRecordsThatAreLargerThanWhatItReadsAtOnce) {
  const Sample large({std::string(700'000, 'a'), "b", std::string(300'000, 'c'), "d"});
  EXPECT_EQ(read_all(large.bytes).payloads, large.payloads);
}

// Cut at every byte: what is whole is read, the rest is torn.
TEST(RecordReader, CutAnywhereGivesTheRecordsBeforeIt) {
  for (std::size_t size = 0; size < sample().bytes.size(); ++size) {
    const Reading reading = read_all(sample().bytes.substr(0, size));
    EXPECT_EQ(reading.error, "") << size;
    std::size_t whole = 0;
    while (whole < sample().payloads.size() && sample().ends[whole + 1] <= size) ++whole;
    EXPECT_EQ(reading.payloads.size(), whole) << size;
    const bool is_at_end = size == 0 || size == sample().ends[whole];
    // What is left of it may be nothing but zeros.
    EXPECT_EQ(reading.how == RecordsEnd::kWhole, is_at_end) << size;
    EXPECT_EQ(reading.end, size < kPreambleSize ? 0 : sample().ends[whole]) << size;
  }
}

// Each bit flipped: the records before it are read; the last one counts as torn, damage elsewhere is refused.
TEST(RecordReader, FlippedAnywhereIsNeverReadInSilence) {
  const Sample& good = sample();
  for (std::size_t i = 0; i < good.bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bytes = good.bytes;
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
      const Reading reading = read_all(bytes);
      if (i < kPreambleSize) {
        EXPECT_NE(reading.error, "") << i;
        continue;
      }
      std::size_t hit = 0;
      while (good.ends[hit + 1] <= i) ++hit;
      const std::vector<std::string> before(good.payloads.begin(),
                                            good.payloads.begin() + static_cast<std::ptrdiff_t>(hit));
      EXPECT_EQ(reading.payloads, before) << i;
      if (hit + 1 == good.payloads.size()) {
        EXPECT_EQ(reading.error, "") << i;
        EXPECT_EQ(reading.how, RecordsEnd::kTorn) << i;
        EXPECT_EQ(reading.end, good.ends[hit]) << i;
      } else {
        EXPECT_NE(reading.error.find("damaged at offset " + std::to_string(good.ends[hit])),
                  std::string::npos)
            << i << ": " << reading.error;
      }
    }
  }
}

TEST(RecordReader, ZerosAreAnEnd) {
  for (const std::size_t count : {1u, 7u, 8u, 4096u, 1'000'000u}) {
    const Reading reading = read_all(sample().bytes + std::string(count, '\0'));
    EXPECT_EQ(reading.payloads, sample().payloads);
    EXPECT_EQ(reading.how, RecordsEnd::kZeros);
    EXPECT_EQ(reading.end, sample().bytes.size());
  }
}

TEST(RecordReader, ZerosWithARecordBehindThemAreDamage) {
  std::string bytes = sample().bytes;
  for (std::size_t i = sample().ends[1]; i < sample().ends[2]; ++i) bytes[i] = '\0';
  const Reading reading = read_all(bytes);
  EXPECT_EQ(reading.payloads.size(), 1u);
  EXPECT_NE(reading.error.find("damaged at offset " + std::to_string(sample().ends[1])), std::string::npos);
}

TEST(RecordReader, ARecordFarBehindTheDamageIsFound) {
  const Sample large({"first", std::string(600'000, 'a'), "last"});
  std::string bytes = large.bytes;
  bytes[large.ends[1]] ^= 1;
  EXPECT_NE(read_all(bytes).error.find("damaged at offset " + std::to_string(large.ends[1])),
            std::string::npos);
}

TEST(RecordReader, WhatWasCopiedFromElsewhereIsNoRecord) {
  const std::string copied = sample().bytes.substr(sample().ends[1], sample().ends[2] - sample().ends[1]);
  const Reading reading = read_all(sample().bytes + copied);
  EXPECT_EQ(reading.payloads, sample().payloads);
  EXPECT_EQ(reading.how, RecordsEnd::kTorn);
}

TEST(RecordReader, RefusesOtherFiles) {
  for (const std::string& bytes : {std::string("{}"), std::string(100, '\0'), std::string(5000, 'x')})
    EXPECT_NE(read_all(bytes).error.find("no journal of vnode"), std::string::npos);
}

// Random damage of all kinds: either an error, or a beginning of what was written.
TEST(RecordReader, NeverGivesWhatWasNotWritten) {
  std::mt19937 random(3);
  for (int i = 0; i < 3000; ++i) {
    std::vector<std::string> texts;
    for (std::size_t n = random() % 6; n > 0; --n)
      texts.emplace_back(1 + random() % 40, static_cast<char>(random()));
    const Sample good(texts);
    std::string bytes = good.bytes;
    for (std::size_t n = 1 + random() % 3; n > 0; --n) {
      const std::size_t at = random() % bytes.size();
      if (random() % 4 == 0)
        bytes.resize(at + 1);
      else if (random() % 3 == 0)
        bytes.insert(at, std::string(random() % 30, '\0'));
      else
        bytes[at] = static_cast<char>(random());
    }
    const Reading reading = read_all(bytes);
    ASSERT_LE(reading.payloads.size(), good.payloads.size());
    for (std::size_t n = 0; n < reading.payloads.size(); ++n)
      ASSERT_EQ(reading.payloads[n], good.payloads[n]);
  }
}

}  // namespace
}  // namespace vnode
