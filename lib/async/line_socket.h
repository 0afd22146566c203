#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "async/event_loop.h"
#include "async/long_text.h"
#include "base/error.h"
#include "base/owned_fd.h"

namespace vnode {

/// A connected stream socket that carries lines of text, both ways, without blocking.
///
/// A line ends with "\n"; a "\r" before it is dropped. A line longer than `max_line` is told once, and the
/// rest of it is skipped: memory per socket is at most `max_line` unread plus what was handed to `send`.
/// The same holds for a line for which there is no memory.
///
/// Thread rule: the loop's thread. Callbacks come from within `EventLoop::wait_until`, never from within a
/// call of this class; a callback may destroy the socket.
class LineSocket {
 public:
  struct Callbacks {
    std::function<void(std::string line)> on_line;
    /// If it is there, lines of more than 64 KiB come to it instead.
    std::function<void(LongText line)> on_long_line = {};
    std::function<void()> on_too_long = {};
    std::function<void()> on_no_memory = {};
    /// The line that has not ended has grown by another 64 KiB (`unread`).
    std::function<void()> on_unfinished = {};
    /// All that was handed to `send` has been given to the system, after some of it had to wait.
    std::function<void()> on_drained = {};
    /// The other side has closed (null), or the connection broke. Once, and nothing comes after it. A last
    /// line without "\n" is not told. Of a peer that only ended its sending it is told when all is sent.
    std::function<void(const Error*)> on_closed = {};
  };

  /// Reading starts at once.
  LineSocket(EventLoop& loop, OwnedFd connected, std::size_t max_line, Callbacks callbacks);
  LineSocket(const LineSocket&) = delete;
  ~LineSocket();  ///< closes; what the system does not take at once is dropped

  /// Queues text (whole lines, newline included); sent in order. Nothing happens once closed. The first text
  /// goes out at once; what follows before the loop gets its turn goes out together then.
  void send(std::string_view text);
  /// Bytes that the system has not taken yet.
  std::size_t unsent() const;
  /// Bytes of a line that has not ended yet.
  std::size_t unread() const;
  /// False: lines stay with the system (and so with the peer) until it is true again. Lines that were read
  /// already are told all the same only after that, and so is that the other side has closed.
  void set_reading(bool is_reading);
  /// For the lines from now on, the one that has begun included.
  void set_max_line(std::size_t max_line);
  /// Closes when everything has been sent; on_closed is told then. No more lines are read.
  void close_when_sent();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace vnode
