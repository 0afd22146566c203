#include "python/frame_channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace vnode {
namespace {

using FrameReceipt = FrameChannel::Receipt;
constexpr std::chrono::seconds kLongWait(60);

/// Both ends of a stream socket, near end non-blocking.
struct ChannelEnds {
  ChannelEnds() {
    int fds[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    near = OwnedFd(fds[0]);
    far = OwnedFd(fds[1]);
    ::fcntl(near.get(), F_SETFL, O_NONBLOCK);
  }
  OwnedFd near, far;
};

std::string frame_of(const std::string& text) {
  const auto length = static_cast<std::uint32_t>(text.size());
  std::string frame(4, '\0');
  std::memcpy(frame.data(), &length, 4);
  return frame + text;
}

/// Blocking.
void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ASSERT_GT(written, 0);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string read_exactly(int fd, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t used = 0; used < size;) {
    const ssize_t got = ::read(fd, bytes.data() + used, size - used);
    if (got <= 0) return "closed";
    used += static_cast<std::size_t>(got);
  }
  return bytes;
}

/// Blocking: the text of the next frame.
std::string read_frame(int fd) {
  const std::string header = read_exactly(fd, 4);
  std::uint32_t length = 0;
  std::memcpy(&length, header.data(), 4);
  return read_exactly(fd, length);
}

/// Waits for the next frame as the engine does.
FrameReceipt wait_for_frame(FrameChannel& channel, std::string_view& frame) {
  for (;;) {
    const FrameReceipt receipt = channel.receive(frame);
    if (receipt != FrameReceipt::kNothing) return receipt;
    pollfd entry{channel.fd(), POLLIN, 0};
    if (::poll(&entry, 1, 20'000) != 1) return FrameReceipt::kNothing;
  }
}

void flush_all(FrameChannel& channel) {
  channel.flush();
  while (channel.has_unsent()) {
    pollfd entry{channel.fd(), POLLOUT, 0};
    ASSERT_EQ(::poll(&entry, 1, 20'000), 1);
    channel.flush();
  }
}

TEST(FrameChannel, SendsQueuedMessagesAsOneArray) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near));
  EXPECT_FALSE(channel.has_queued());
  channel.queue(R"(["go",1])");
  channel.queue(R"(["go",2])");
  EXPECT_TRUE(channel.has_queued());
  channel.flush();
  EXPECT_FALSE(channel.has_queued());
  EXPECT_FALSE(channel.has_unsent());
  EXPECT_EQ(read_frame(ends.far.get()), R"([["go",1],["go",2]])");
  channel.queue("[3]");
  channel.flush();
  EXPECT_EQ(read_frame(ends.far.get()), "[[3]]");
}

TEST(FrameChannel, FlushWithoutMessagesSendsNothing) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near));
  channel.flush();
  char byte = 0;
  EXPECT_EQ(::recv(ends.far.get(), &byte, 1, MSG_DONTWAIT), -1);
}

TEST(FrameChannel, ReceivesFrameByFrame) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near));
  std::string_view frame;
  EXPECT_EQ(channel.receive(frame), FrameReceipt::kNothing);
  write_all(ends.far.get(), frame_of("[1]") + frame_of("[]") + frame_of("[\"three\"]"));
  ASSERT_EQ(channel.receive(frame), FrameReceipt::kFrame);
  EXPECT_EQ(frame, "[1]");
  ASSERT_EQ(channel.receive(frame), FrameReceipt::kFrame);
  EXPECT_EQ(frame, "[]");
  ASSERT_EQ(channel.receive(frame), FrameReceipt::kFrame);
  EXPECT_EQ(frame, "[\"three\"]");
  EXPECT_EQ(channel.receive(frame), FrameReceipt::kNothing);
}

TEST(FrameChannel, EndsWhereSomebodyElseHasWritten) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near));
  std::string_view frame;
  write_all(ends.far.get(), frame_of("[1]") + "\xff\xff\xff\xff\xff garbage");
  ASSERT_EQ(channel.receive(frame), FrameReceipt::kFrame);
  EXPECT_EQ(channel.receive(frame), FrameReceipt::kClosed);
}

TEST(FrameChannel, PutsFramesTogetherFromSingleBytes) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near));
  std::string_view frame;
  const std::string bytes = frame_of("[\"ab\"]") + frame_of("[2]");
  std::vector<std::string> frames;
  for (const char byte : bytes) {
    write_all(ends.far.get(), std::string_view(&byte, 1));
    if (channel.receive(frame) == FrameReceipt::kFrame) frames.emplace_back(frame);
  }
  EXPECT_EQ(frames, (std::vector<std::string>{"[\"ab\"]", "[2]"}));
}

TEST(FrameChannel, KeepsTheOrderOfManyFramesOfAllSizes) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near));
  const auto text_of = [](std::size_t i) {
    return "[" + std::string(i * 7919 % (i % 50 == 0 ? 300'000 : 3'000), static_cast<char>('a' + i % 26));
  };
  constexpr std::size_t kFrames = 2'000;
  std::jthread peer([&, fd = ends.far.get()] {
    for (std::size_t i = 0; i < kFrames; ++i) write_all(fd, frame_of(text_of(i)));
  });
  std::string_view frame;
  for (std::size_t i = 0; i < kFrames; ++i) {
    ASSERT_EQ(wait_for_frame(channel, frame), FrameReceipt::kFrame);
    ASSERT_TRUE(frame == text_of(i)) << i;
  }
}

TEST(FrameChannel, EndOfFileComesBehindTheLastFrame) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near));
  write_all(ends.far.get(), frame_of("[1]") + frame_of("[2]"));
  ends.far.reset();
  std::string_view frame;
  EXPECT_EQ(channel.receive(frame), FrameReceipt::kFrame);
  channel.queue("[\"late\"]");
  channel.flush();
  EXPECT_FALSE(channel.has_unsent());
  EXPECT_EQ(channel.receive(frame), FrameReceipt::kFrame);
  EXPECT_EQ(frame, "[2]");
  EXPECT_EQ(channel.receive(frame), FrameReceipt::kClosed);
  EXPECT_EQ(channel.receive(frame, kLongWait), FrameReceipt::kClosed);
}

TEST(FrameChannel, EndOfFileInAFrameIsClosed) {
  for (const std::size_t arrived : {2, 4, 9}) {
    ChannelEnds ends;
    FrameChannel channel(std::move(ends.near));
    write_all(ends.far.get(), frame_of("[1]") + frame_of("[123456789]").substr(0, arrived));
    std::string_view frame;
    EXPECT_EQ(channel.receive(frame), FrameReceipt::kFrame);
    EXPECT_EQ(channel.receive(frame), FrameReceipt::kNothing);
    ends.far.reset();
    EXPECT_EQ(channel.receive(frame), FrameReceipt::kClosed);
  }
}

TEST(FrameChannel, KeepsWhatASlowReaderDoesNotTake) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near));
  std::vector<std::string> messages;
  for (int i = 0; i < 3'000; ++i) {
    messages.push_back("[" + std::string(static_cast<std::size_t>(i % 1000), 'x') + std::to_string(i) + "]");
    channel.queue(messages.back());
    channel.flush();
  }
  EXPECT_TRUE(channel.has_unsent());
  std::jthread peer([&, fd = ends.far.get()] {
    for (const std::string& message : messages) ASSERT_EQ(read_frame(fd), "[" + message + "]");
  });
  flush_all(channel);
}

TEST(FrameChannel, DropsTheUnsentWhenTheReaderGoes) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near));
  channel.queue("[" + std::string(4'000'000, 'x') + "]");
  channel.flush();
  EXPECT_TRUE(channel.has_unsent());
  channel.queue("[1]");
  ends.far.reset();
  channel.flush();
  EXPECT_FALSE(channel.has_unsent());
  channel.queue("[2]");
  channel.flush();
  EXPECT_FALSE(channel.has_queued());
  std::string_view frame;
  EXPECT_EQ(channel.receive(frame), FrameReceipt::kClosed);
}

TEST(FrameChannel, LargeFramesGoBothWays) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near));
  const std::string large = "[" + std::string(64 * 1024 * 1024, 'L') + "]";
  std::jthread peer([&, fd = ends.far.get()] {
    EXPECT_TRUE(read_frame(fd) == "[" + large + "]");
    EXPECT_EQ(read_frame(fd), "[[1]]");
    write_all(fd, frame_of("[0]") + frame_of(large) + frame_of("[2]"));
  });
  channel.queue(large);
  flush_all(channel);
  channel.queue("[1]");
  flush_all(channel);
  std::string_view frame;
  ASSERT_EQ(wait_for_frame(channel, frame), FrameReceipt::kFrame);
  EXPECT_EQ(frame, "[0]");
  ASSERT_EQ(wait_for_frame(channel, frame), FrameReceipt::kFrame);
  EXPECT_TRUE(frame == large);
  ASSERT_EQ(wait_for_frame(channel, frame), FrameReceipt::kFrame);
  EXPECT_EQ(frame, "[2]");
}

TEST(FrameChannel, AFullFrameIsFollowedByAnother) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near), 10);
  for (const char* message : {"[1]", "[2]", "[3]", "[\"4444\"]", "[5]"}) channel.queue(message);
  flush_all(channel);
  EXPECT_EQ(read_frame(ends.far.get()), "[[1],[2]]");
  EXPECT_EQ(read_frame(ends.far.get()), "[[3]]");
  EXPECT_EQ(read_frame(ends.far.get()), "[[\"4444\"]]");
  EXPECT_EQ(read_frame(ends.far.get()), "[[5]]");
}

TEST(FrameChannel, AMessageThatFitsInNoFrameClosesTheChannel) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near), 10);
  channel.queue("[\"12345\"]");
  EXPECT_FALSE(channel.has_queued());
  std::string_view frame;
  EXPECT_EQ(channel.receive(frame), FrameReceipt::kClosed);
  EXPECT_EQ(read_exactly(ends.far.get(), 1), "closed");
}

TEST(FrameChannel, SpinsUntilSomethingComes) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near));
  std::jthread peer([fd = ends.far.get()] {
    EXPECT_EQ(read_frame(fd), "[[\"ask\"]]");
    write_all(fd, frame_of("[\"answer\"]"));
  });
  channel.queue("[\"ask\"]");
  channel.flush();
  std::string_view frame;
  EXPECT_EQ(channel.receive(frame, kLongWait), FrameReceipt::kFrame);
  EXPECT_EQ(frame, "[\"answer\"]");
}

TEST(FrameChannel, SpinningEnds) {
  ChannelEnds ends;
  FrameChannel channel(std::move(ends.near));
  std::string_view frame;
  EXPECT_EQ(channel.receive(frame, std::chrono::microseconds(50)), FrameReceipt::kNothing);
  EXPECT_EQ(channel.receive(frame, Duration::zero()), FrameReceipt::kNothing);
}

}  // namespace
}  // namespace vnode
