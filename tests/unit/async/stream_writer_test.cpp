#include "async/stream_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "support/pipe.h"

namespace vnode::test {
namespace {

const std::string kLine = std::string(99, 'x').append("\n");
constexpr std::chrono::seconds kLong(20);

TEST(StreamWriter, ALineComesOutWithoutFlushWhileTheProducerIsBusy) {
  Pipe pipe;
  StreamWriter writer(pipe.writer());
  writer.append(kLine);
  // Nothing here lets the sink go on but its own thread; the test fails by the limit, not by a measured time.
  ASSERT_TRUE(pipe.has_text_within(kLong));
  EXPECT_TRUE(pipe.read_some().ends_with("x\n"));
}

TEST(StreamWriter, StillDoesSoAfterAQuietTime) {
  Pipe pipe;
  StreamWriter::Options options;
  options.max_delay = std::chrono::milliseconds(1);
  StreamWriter writer(pipe.writer(), options);
  for (int round = 0; round < 20; ++round) {
    writer.append(kLine);
    ASSERT_TRUE(pipe.has_text_within(kLong)) << round;
    EXPECT_FALSE(pipe.read_some().empty());
    // Two periods without text send the writer's thread to sleep.
    EXPECT_FALSE(pipe.has_text_within(std::chrono::milliseconds(round % 4)));
  }
}

TEST(StreamWriter, FlushWritesBeforeItReturns) {
  Pipe pipe;
  StreamWriter::Options options;
  options.max_delay = std::chrono::hours(1);
  StreamWriter writer(pipe.writer(), options);
  writer.append(kLine);
  EXPECT_FALSE(pipe.has_text_within(std::chrono::milliseconds(0)));
  writer.flush();
  EXPECT_TRUE(pipe.has_text_within(std::chrono::milliseconds(0)));
}

TEST(StreamWriter, ASlowReaderHoldsTheProducerUpAndLosesNothing) {
  Pipe pipe;
  StreamWriter::Options options;
  options.block_size = 4096;
  options.max_waiting = 65536;
  StreamWriter writer(pipe.writer(), options);
  constexpr std::size_t kLines = 100'000;
  std::atomic<std::size_t> produced = 0;
  std::thread producer([&] {
    for (std::size_t i = 0; i < kLines; ++i) {
      writer.append(kLine);
      ++produced;
    }
    EXPECT_TRUE(writer.close());
  });
  // What is written and waits: the pipe's own buffer, the blocks, the one in hand.
  const std::size_t most_ahead = (2 * 65536 + 65536 + 4 * 4096) / kLine.size();
  std::size_t bytes = 0;
  while (bytes < kLines * kLine.size()) {
    EXPECT_LE(produced, bytes / kLine.size() + most_ahead);
    const std::string text = pipe.read_some();
    ASSERT_FALSE(text.empty());
    bytes += text.size();
  }
  producer.join();
  EXPECT_EQ(bytes, kLines * kLine.size());
}

TEST(StreamWriter, WorksOnAPipeThatDoesNotBlock) {
  Pipe pipe;
  ::fcntl(pipe.writer(), F_SETFL, O_NONBLOCK);
  StreamWriter writer(pipe.writer());
  constexpr std::size_t kLines = 20'000;
  std::thread producer([&] {
    for (std::size_t i = 0; i < kLines; ++i) {
      writer.append(kLine);
      if (i % 100 == 0) writer.flush();
    }
    EXPECT_TRUE(writer.close());
  });
  std::size_t lines = 0;
  while (lines < kLines) {
    const std::string text = pipe.read_some();
    ASSERT_FALSE(text.empty());
    lines += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }
  producer.join();
}

TEST(StreamWriter, GoesQuietWhenTheReaderGoesAway) {
  Pipe pipe;
  int calls = 0;
  StreamWriter::Options options;
  options.on_reader_gone = [&calls] { ++calls; };
  StreamWriter writer(pipe.writer(), options);
  EXPECT_FALSE(writer.reader_gone());
  pipe.close_reader();
  for (int i = 0; i < 100'000; ++i) writer.append(kLine);
  EXPECT_TRUE(writer.close());
  EXPECT_TRUE(writer.reader_gone());
  EXPECT_EQ(calls, 1);
}

TEST(StreamWriter, FreesAProducerThatWaitsForAReaderThatGoesAway) {
  Pipe pipe;
  StreamWriter writer(pipe.writer());
  std::thread producer([&] {
    for (int i = 0; i < 200'000; ++i) writer.append(kLine);
  });
  EXPECT_TRUE(pipe.has_text_within(kLong));
  pipe.close_reader();
  producer.join();
  EXPECT_TRUE(writer.close());
  EXPECT_TRUE(writer.reader_gone());
}

TEST(StreamWriter, KeepsTheErrorOfAFullDisk) {
  const int fd = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (fd == -1) return;  // not everywhere
  for (const bool flushes : {false, true}) {
    StreamWriter writer(::dup(fd), {.owns_fd = true});
    for (int i = 0; i < 10'000; ++i) {
      writer.append(kLine);
      if (flushes) writer.flush();
    }
    const Result<void> closed = writer.close();
    ASSERT_FALSE(closed);
    EXPECT_EQ(closed.error().code, ErrorCode::kIo);
    EXPECT_EQ(closed.error().message, "No space left on device");
    EXPECT_FALSE(writer.reader_gone());
    EXPECT_FALSE(writer.close()) << "the error stays";
  }
  ::close(fd);
}

TEST(StreamWriter, ClosesAFileOfItsOwnAlsoWhenNothingWasWritten) {
  Pipe pipe;
  const int fd = ::dup(pipe.writer());
  {
    StreamWriter writer(fd, {.owns_fd = true});
    EXPECT_TRUE(writer.close());
  }
  EXPECT_EQ(::fcntl(fd, F_GETFD), -1);
}

}  // namespace
}  // namespace vnode::test
