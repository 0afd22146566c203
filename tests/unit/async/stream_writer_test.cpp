#include "async/stream_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

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

/// Short times for tests of readers that do not read.
StreamWriter::Options impatient() {
  StreamWriter::Options options;
  options.max_waiting = 65536;
  options.patience = std::chrono::milliseconds(20);
  return options;
}

/// Never closed: the thread that a writer leaves behind may be about to write into it. (A test has a process
/// of its own.)
Pipe& lasting_pipe() {
  static std::vector<Pipe*>& pipes = *new std::vector<Pipe*>;
  return *pipes.emplace_back(new Pipe);
}

TEST(StreamWriter, IsNotHeldUpByAReaderThatDoesNotReadOnceThereIsHurry) {
  Pipe& pipe = lasting_pipe();
  StreamWriter writer(pipe.writer(), impatient());
  std::thread producer([&] {
    for (int i = 0; i < 100'000; ++i) writer.append(kLine);  // 10 MB
    EXPECT_TRUE(writer.close()) << "it is no error";
  });
  EXPECT_TRUE(pipe.has_text_within(kLong));
  writer.hurry(std::chrono::steady_clock::now());
  producer.join();
  EXPECT_FALSE(writer.reader_gone());
  EXPECT_TRUE(writer.has_given_up());
}

TEST(StreamWriter, HurriesAtATimeThatWasGivenBefore) {
  Pipe& pipe = lasting_pipe();
  StreamWriter writer(pipe.writer(), impatient());
  const SteadyTime from = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  writer.hurry(from);
  writer.hurry(from + kLong);  // the earliest counts
  for (int i = 0; i < 100'000; ++i) writer.append(kLine);
  EXPECT_TRUE(writer.close());
  EXPECT_GE(std::chrono::steady_clock::now(), from);
}

TEST(StreamWriter, PutsOffAHurryThatHasNotBegun) {
  Pipe& pipe = lasting_pipe();
  StreamWriter writer(pipe.writer(), impatient());
  const SteadyTime from = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  writer.hurry(from);
  writer.put_off_hurry(std::chrono::milliseconds(50));
  for (int i = 0; i < 100'000; ++i) writer.append(kLine);
  EXPECT_TRUE(writer.close());
  EXPECT_GE(std::chrono::steady_clock::now(), from + std::chrono::milliseconds(50));
}

TEST(StreamWriter, LosesNothingInAHurryWhileTheReaderReads) {
  Pipe pipe;
  StreamWriter::Options options = impatient();
  options.patience = kLong;
  StreamWriter writer(pipe.writer(), options);
  writer.hurry(std::chrono::steady_clock::now());
  constexpr std::size_t kLines = 50'000;
  std::thread producer([&] {
    for (std::size_t i = 0; i < kLines; ++i) writer.append(kLine);
    EXPECT_TRUE(writer.close());
  });
  std::size_t bytes = 0;
  while (bytes < kLines * kLine.size()) {
    const std::string text = pipe.read_some();
    ASSERT_FALSE(text.empty());
    bytes += text.size();
  }
  producer.join();
  EXPECT_FALSE(writer.has_given_up());
}

TEST(StreamWriter, GivesUpAReaderThatTakesTextTooSlowlyWhereThatIsAskedFor) {
  Pipe& pipe = lasting_pipe();
  StreamWriter::Options options = impatient();
  options.max_waiting_late = std::string::npos;
  options.most_late = std::chrono::milliseconds(100);
  StreamWriter writer(pipe.writer(), options);
  std::atomic<bool> is_closed = false;
  // Something is taken again and again, so that it is never the patience that ends it.
  std::thread reader([&] {
    while (!is_closed && pipe.has_text_within(kLong)) {
      pipe.read_some();
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  });
  writer.hurry(std::chrono::steady_clock::now());
  writer.append(std::string(128 * 1024 * 1024, 'x'));  // takes that reader 4 s
  EXPECT_TRUE(writer.close());
  is_closed = true;
  EXPECT_TRUE(writer.has_given_up());
  reader.join();
}

TEST(StreamWriter, KeepsNoMoreThanItMayForAReaderThatDoesNotRead) {
  Pipe pipe;
  StreamWriter::Options options = impatient();
  options.max_waiting_late = 1 << 20;
  options.patience = kLong;  // it is not the time that ends it
  StreamWriter writer(pipe.writer(), options);
  writer.hurry(std::chrono::steady_clock::now());
  for (int i = 0; i < 200'000; ++i) writer.append(kLine);
  EXPECT_TRUE(writer.drain(kLong)) << "nothing waits any more";
  EXPECT_TRUE(writer.has_given_up());
  while (pipe.has_text_within(std::chrono::milliseconds(0))) pipe.read_some();
}

TEST(StreamWriter, WritesItsEndAlsoLongAfterTheHurryBegan) {
  Pipe pipe;
  StreamWriter::Options options = impatient();
  options.max_delay = std::chrono::hours(1);
  StreamWriter writer(pipe.writer(), options);
  writer.hurry(std::chrono::steady_clock::now() - std::chrono::hours(1));
  writer.append(kLine);
  EXPECT_TRUE(writer.drain(kLong));
  EXPECT_EQ(pipe.read_some(), kLine);
}

TEST(StreamWriter, DrainsOnAnotherThread) {
  Pipe pipe;
  StreamWriter::Options options;
  options.max_delay = std::chrono::hours(1);
  StreamWriter writer(pipe.writer(), options);
  writer.append(kLine);
  std::thread([&] { EXPECT_TRUE(writer.drain(kLong)); }).join();
  EXPECT_EQ(pipe.read_some(), kLine);
  for (int i = 0; i < 2000; ++i) writer.append(kLine);  // more than a pipe takes
  EXPECT_FALSE(writer.drain(std::chrono::milliseconds(20)));
  pipe.close_reader();
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
