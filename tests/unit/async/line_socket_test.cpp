#include "async/line_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/loop_wait.h"
#include "support/socket_pair.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;

constexpr std::size_t kMaxLine = 16 * 1024 * 1024;

class LineSockets : public testing::Test {
 protected:
  LineSocket::Callbacks recorded() {
    return {
        .on_line = [this](std::string line) { lines.push_back(std::move(line)); },
        .on_too_long = [this] { lines.push_back("too long"); },
        .on_drained = [this] { ++drained; },
        .on_closed =
            [this](const Error* error) {
              ++closed;
              if (error) closing_error = error->message;
            },
    };
  }
  LineSocket& open(std::size_t max_line = kMaxLine) { return open(max_line, recorded()); }
  LineSocket& open(std::size_t max_line, LineSocket::Callbacks callbacks) {
    socket = std::make_unique<LineSocket>(loop, std::move(pair.near), max_line, std::move(callbacks));
    return *socket;
  }
  bool gets_lines(std::size_t count) {
    return serve_until(loop, [&] { return lines.size() >= count; });
  }
  bool gets_closed() {
    return serve_until(loop, [&] { return closed > 0; });
  }
  /// Sends until the system takes no more at once.
  std::size_t fill() {
    const std::string block(64 * 1024, 'x');
    std::size_t total = 0;
    do {
      socket->send(block);
      total += block.size();
      serve_ready(loop);
    } while (socket->unsent() == 0);
    return total;
  }
  /// Reads so much at the far side.
  std::string receive(std::size_t size) {
    std::string text;
    EXPECT_TRUE(serve_until(loop, [&] {
      text += pair.read();
      loop.wake();
      return text.size() >= size;
    }));
    return text;
  }

  EventLoop loop;
  SocketPair pair;
  std::unique_ptr<LineSocket> socket;
  std::vector<std::string> lines;
  int drained = 0;
  int closed = 0;
  std::string closing_error;
};

TEST_F(LineSockets, TellsLines) {
  open();
  pair.write("one\ntwo\r\nha");
  ASSERT_TRUE(gets_lines(2));
  serve_ready(loop);
  EXPECT_THAT(lines, ElementsAre("one", "two"));
  EXPECT_EQ(socket->unread(), 2u);
  pair.write("lf\n");
  ASSERT_TRUE(gets_lines(3));
  EXPECT_EQ(lines[2], "half");
  EXPECT_EQ(socket->unread(), 0u);
}

TEST_F(LineSockets, TellsNothingFromWithinItsConstructor) {
  pair.write("early\n");
  open();
  EXPECT_TRUE(lines.empty());
  EXPECT_TRUE(gets_lines(1));
}

TEST_F(LineSockets, SkipsALineThatIsTooLong) {
  open(10);
  pair.write("0123456789\r\n0123456789a");
  ASSERT_TRUE(gets_lines(2));
  pair.write(std::string(5000, 'b') + "\nnext\n");
  ASSERT_TRUE(gets_lines(3));
  EXPECT_THAT(lines, ElementsAre("0123456789", "too long", "next"));
}

TEST_F(LineSockets, CarriesLinesOfTenMegabytesBothWays) {
  open();
  std::string line(10'000'000, 'a');
  for (std::size_t i = 0; i < line.size(); i += 1000) line[i] = static_cast<char>('b' + i % 17);
  const std::string text = line + "\n";
  std::size_t written = 0;
  ASSERT_TRUE(serve_until(loop, [&] {
    written += pair.write_some(std::string_view(text).substr(written));
    if (lines.empty()) loop.wake();
    return !lines.empty();
  }));
  EXPECT_EQ(lines[0], line);
  socket->send(text);
  EXPECT_EQ(receive(text.size()), text);
}

TEST_F(LineSockets, SendsAtOnceWhatTheSystemTakes) {
  open();
  socket->send("reply\n");
  EXPECT_EQ(pair.read(), "reply\n");
  EXPECT_EQ(socket->unsent(), 0u);
  serve_ready(loop);
  EXPECT_EQ(drained, 0);
}

TEST_F(LineSockets, WhatFollowsInTheSameTurnGoesOutTogether) {
  open();
  for (int i = 0; i < 100; ++i) socket->send(std::to_string(i) + "\n");
  EXPECT_EQ(pair.read(), "0\n");
  EXPECT_GT(socket->unsent(), 0u);
  serve_ready(loop);
  EXPECT_EQ(socket->unsent(), 0u);
  EXPECT_EQ(drained, 1);
  const std::string rest = pair.read();
  EXPECT_TRUE(rest.starts_with("1\n2\n") && rest.ends_with("98\n99\n")) << rest;
}

TEST_F(LineSockets, AFullQueueDoesNotWaitForTheTurn) {
  open();
  for (int i = 0; i < 10; ++i) socket->send(std::string(10'000, 'x'));
  EXPECT_LT(socket->unsent(), 64u * 1024);
}

TEST_F(LineSockets, QueuesForASlowReader) {
  open();
  std::size_t total = fill();
  const std::size_t unsent = socket->unsent();
  EXPECT_GT(unsent, 0u);
  socket->send(std::string(1'000'000, 'y'));
  total += 1'000'000;
  EXPECT_EQ(socket->unsent(), unsent + 1'000'000);
  const int drained_before = drained;
  const std::string text = receive(total);
  EXPECT_EQ(text.size(), total);
  EXPECT_EQ(text.find('y'), total - 1'000'000);
  ASSERT_TRUE(serve_until(loop, [&] { return drained > drained_before; }));
  EXPECT_EQ(socket->unsent(), 0u);
}

TEST_F(LineSockets, TellsThatTheOtherSideHasClosed) {
  open();
  pair.write("last\nhalf");
  pair.far.reset();
  ASSERT_TRUE(gets_closed());
  serve_ready(loop);
  EXPECT_THAT(lines, ElementsAre("last"));
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(closing_error, "");
  socket->send("nobody\n");
  EXPECT_EQ(socket->unsent(), 0u);
}

TEST_F(LineSockets, APeerThatHasClosedWithoutReadingIsStillHeard) {
  open();
  pair.write("one\ntwo\n");
  pair.far.reset();
  socket->send("into the void\n");
  EXPECT_EQ(closed, 0);
  ASSERT_TRUE(gets_closed());
  EXPECT_THAT(lines, ElementsAre("one", "two"));
}

TEST_F(LineSockets, ABrokenConnectionIsAnError) {
  open();
  socket->send("unread\n");
  pair.far.reset();  // with something unread in it: the system calls that a reset
  ASSERT_TRUE(gets_closed());
  EXPECT_NE(closing_error, "");
}

TEST_F(LineSockets, ThePeerMayGoAwayWhileMuchIsQueued) {
  open();
  fill();
  pair.far.reset();
  ASSERT_TRUE(gets_closed());
  EXPECT_EQ(socket->unsent(), 0u);
}

TEST_F(LineSockets, APeerMayEndItsSendingAndStillReadItsReplies) {
  open();
  std::size_t total = fill();
  ::shutdown(pair.far.get(), SHUT_WR);
  serve_ready(loop);
  EXPECT_EQ(closed, 0);
  EXPECT_EQ(receive(total).size(), total);
  ASSERT_TRUE(gets_closed());
  EXPECT_EQ(closing_error, "");
}

TEST_F(LineSockets, DoesNotReadWhileToldNotTo) {
  open();
  socket->set_reading(false);
  pair.write("one\ntwo\n");
  serve_ready(loop);
  EXPECT_TRUE(lines.empty());
  socket->set_reading(true);
  EXPECT_TRUE(lines.empty());
  ASSERT_TRUE(gets_lines(2));
}

TEST_F(LineSockets, KeepsLinesThatWereReadAlready) {
  LineSocket::Callbacks callbacks = recorded();
  callbacks.on_line = [this](std::string line) {
    lines.push_back(std::move(line));
    socket->set_reading(false);
  };
  open(kMaxLine, std::move(callbacks));
  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i) + "\n";
  pair.write(text + "begun");
  pair.far.reset();
  for (std::size_t i = 0; i < 1000; ++i) {
    ASSERT_TRUE(gets_lines(i + 1));
    serve_ready(loop);
    ASSERT_EQ(lines.size(), i + 1);
    EXPECT_EQ(lines.back(), std::to_string(i));
    EXPECT_EQ(closed, 0);
    socket->set_reading(true);
    EXPECT_EQ(lines.size(), i + 1);  // not from within the call
  }
  ASSERT_TRUE(gets_closed());
  EXPECT_EQ(lines.size(), 1000u);
}

TEST_F(LineSockets, ReadingMaySwitchOffAndOnWithinACallback) {
  LineSocket::Callbacks callbacks = recorded();
  callbacks.on_line = [this](std::string line) {
    lines.push_back(std::move(line));
    socket->set_reading(false);
    socket->set_reading(true);
  };
  open(kMaxLine, std::move(callbacks));
  pair.write("1\n2\n3\n");
  ASSERT_TRUE(gets_lines(3));
  EXPECT_THAT(lines, ElementsAre("1", "2", "3"));
}

TEST_F(LineSockets, LinesThatWaitAreToldEvenWhenRepliesCannotBeSent) {
  open();
  socket->set_reading(false);
  pair.write("1\n2\n");
  pair.far.reset();
  socket->send("x\n");
  serve_ready(loop);
  EXPECT_EQ(closed, 0);
  socket->set_reading(true);
  ASSERT_TRUE(gets_closed());
  EXPECT_THAT(lines, ElementsAre("1", "2"));
}

TEST_F(LineSockets, OneThatWaitsForASlowReaderIsToldWhenThatIsGone) {
  open();
  fill();
  socket->set_reading(false);
  const int drained_before = drained;
  pair.far.reset();
  ASSERT_TRUE(serve_until(loop, [&] { return drained > drained_before; }));
  EXPECT_EQ(socket->unsent(), 0u);
  socket->set_reading(true);
  EXPECT_TRUE(gets_closed());
}

TEST_F(LineSockets, ClosesWhenSent) {
  open();
  const std::size_t total = fill();
  socket->close_when_sent();
  pair.write("ignored\n");
  socket->send("ignored\n");
  serve_ready(loop);
  EXPECT_EQ(closed, 0);
  EXPECT_EQ(receive(total).size(), total);
  ASSERT_TRUE(gets_closed());
  EXPECT_EQ(closing_error, "");
  EXPECT_TRUE(pair.is_at_end());
  EXPECT_TRUE(lines.empty());
}

TEST_F(LineSockets, ClosesAtOnceWhenNothingWaits) {
  open();
  socket->send("goodbye\n");
  socket->close_when_sent();
  EXPECT_EQ(closed, 0);
  ASSERT_TRUE(gets_closed());
  EXPECT_EQ(pair.read(), "goodbye\n");
  EXPECT_TRUE(pair.is_at_end());
}

TEST_F(LineSockets, AClosingSocketNoticesThatThePeerIsGone) {
  open();
  fill();
  socket->close_when_sent();
  pair.far.reset();
  EXPECT_TRUE(gets_closed());
}

TEST_F(LineSockets, DestroyingItClosesWhatItHas) {
  open();
  socket->send("first\n");
  socket->send("second\n");
  socket = nullptr;
  EXPECT_EQ(pair.read(), "first\nsecond\n");
  EXPECT_TRUE(pair.is_at_end());
  serve_ready(loop);
  EXPECT_EQ(closed, 0);
}

/// Destroys the socket from within a callback, then says whether what the callback holds is let go.
class Destruction : public LineSockets {
 protected:
  std::function<void()> destroyer() {
    return [this, held = held] {
      ++calls;
      socket = nullptr;
      EXPECT_EQ(*held, 7);
    };
  }
  void expect_gone() {
    ASSERT_TRUE(serve_until(loop, [&] { return calls > 0; }));
    serve_ready(loop);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(held.use_count(), 1);
  }
  std::shared_ptr<int> held = std::make_shared<int>(7);
  int calls = 0;
};

TEST_F(Destruction, FromOnLine) {
  open(10, {.on_line = [destroy = destroyer()](std::string) { destroy(); }});
  pair.write("1\n2\n3\n");
  expect_gone();
  EXPECT_TRUE(pair.is_at_end() || pair.read().empty());
}

TEST_F(Destruction, FromOnLineOfLinesThatWereKept) {
  int told = 0;
  open(10, {.on_line = [&, destroy = destroyer()](std::string) {
         socket->set_reading(false);
         if (++told == 2) destroy();
       }});
  pair.write("1\n2\n3\n");
  ASSERT_TRUE(serve_until(loop, [&] { return told == 1; }));
  socket->set_reading(true);
  expect_gone();
}

TEST_F(Destruction, FromOnTooLong) {
  open(2, {.on_line = {}, .on_too_long = destroyer()});
  pair.write("12345\n12345\n");
  expect_gone();
}

TEST_F(Destruction, FromOnDrained) {
  open(10, {.on_line = {}, .on_drained = destroyer()});
  socket->send("1\n");
  socket->send("2\n");
  expect_gone();
}

TEST_F(Destruction, FromOnClosed) {
  open(10, {.on_line = {}, .on_closed = [destroy = destroyer()](const Error*) { destroy(); }});
  pair.far.reset();
  expect_gone();
}

TEST_F(LineSockets, MayBeDestroyedWithTheLoopUnserved) {
  for (int i = 0; i < 3; ++i) {
    pair = SocketPair();
    open();
    pair.write("1\n");
    socket->send("1\n");
    socket->send("2\n");
    if (i == 1) socket->close_when_sent();
    if (i == 2) pair.far.reset();
    socket = nullptr;
  }
}

TEST(LineSocket, MayBeHeldByAJobThatIsDropped) {
  SocketPair pair;
  {
    EventLoop loop;
    const auto socket =
        std::make_shared<LineSocket>(loop, std::move(pair.near), kMaxLine, LineSocket::Callbacks{});
    socket->send("1\n");
    socket->send("2\n");
    loop.post([socket] {});
  }
  EXPECT_EQ(pair.read(), "1\n2\n");
  EXPECT_TRUE(pair.is_at_end());
}

TEST_F(LineSockets, OneThatIsBusyDoesNotStarveTheOthers) {
  SocketPair other;
  std::size_t busy_lines = 0;
  bool is_heard = false;
  open(100, {.on_line = [&](std::string) { ++busy_lines; }});
  LineSocket quiet(loop, std::move(other.near), 100, {.on_line = [&](std::string) { is_heard = true; }});
  std::string flood;
  for (int i = 0; i < 20'000; ++i) flood += "x\n";
  pair.write_some(flood);
  other.write("hello\n");
  ASSERT_TRUE(serve_until(loop, [&] {
    pair.write_some(flood);
    return is_heard;
  }));
  EXPECT_LT(busy_lines, 200'000u);
}

TEST_F(LineSockets, ACallbackMayWaitOnTheLoop) {
  SocketPair other;
  std::vector<std::string> inner;
  LineSocket second(loop, std::move(other.near), 100,
                    {.on_line = [&](std::string line) { inner.push_back(std::move(line)); }});
  LineSocket::Callbacks callbacks = recorded();
  callbacks.on_line = [&](std::string line) {
    lines.push_back(std::move(line));
    if (lines.size() > 1) return;
    other.write("inner\n");
    pair.write("3\n");
    socket->set_reading(false);
    socket->set_reading(true);
    EXPECT_TRUE(serve_until(loop, [&] { return !inner.empty(); }));
  };
  open(100, std::move(callbacks));
  pair.write("1\n2\n");
  ASSERT_TRUE(gets_lines(3));
  EXPECT_THAT(lines, ElementsAre("1", "2", "3"));
  EXPECT_THAT(inner, ElementsAre("inner"));
}

TEST_F(LineSockets, TwoTalkToEachOther) {
  constexpr int kRounds = 10'000;
  int rounds = 0;
  std::unique_ptr<LineSocket> echo;
  echo = std::make_unique<LineSocket>(
      loop, std::move(pair.far), 100,
      LineSocket::Callbacks{.on_line = [&](std::string line) { echo->send(line + "\n"); }});
  open(100, {.on_line = [&](std::string line) {
         EXPECT_EQ(line, std::to_string(rounds));
         if (++rounds < kRounds) socket->send(std::to_string(rounds) + "\n");
       }});
  socket->send("0\n");
  EXPECT_TRUE(serve_until(loop, [&] { return rounds == kRounds; }));
}

TEST_F(LineSockets, TellLongLinesApartIfSomebodyWantsThem) {
  LineSocket::Callbacks callbacks = recorded();
  callbacks.on_long_line = [this](const LongText& line) {
    lines.push_back("long " + std::to_string(line.size()));
  };
  open(kMaxLine, std::move(callbacks));
  const std::string text = "one\n" + std::string(200'000, 'x') + "\ntwo\n";
  std::thread sender([&] {
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t size = ::send(pair.far.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (size > 0) sent += static_cast<std::size_t>(size);
    }
  });
  EXPECT_TRUE(gets_lines(3));
  sender.join();
  EXPECT_THAT(lines, ElementsAre("one", "long 200000", "two"));
}

}  // namespace
}  // namespace vnode::test
