#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/owned_fd.h"

namespace vnode {

/// Frames over a non-blocking stream socket (protocol.md, "Channel"). Never blocks.
/// Thread rule: one thread at a time.
class FrameChannel {
 public:
  enum class Receipt { kFrame, kNothing, kClosed };

  /// What four bytes can say; tests take less.
  static constexpr std::size_t kMaxFrame = std::numeric_limits<std::uint32_t>::max();

  explicit FrameChannel(OwnedFd socket, std::size_t max_frame = kMaxFrame)
      : socket_(std::move(socket)), max_frame_(max_frame) {}

  /// Adds a message (the text of a JSON array) to the frame that the next `flush` sends. A frame that would
  /// become too long is followed by another. A message that fits in none closes the channel.
  void queue(std::string_view message);
  bool has_queued() const { return !queued_.empty(); }
  /// Sends the frame of all queued messages, as far as the socket takes it; the rest goes with later calls. A
  /// broken connection shows in `receive`.
  void flush();
  /// True when part of a frame is still to be sent: watch for writability and `flush` again.
  bool has_unsent() const { return !unsent_.empty(); }

  /// The next whole frame, if one has arrived. `frame` stays valid until the next call. kClosed: nothing more
  /// comes; a frame whose end did not arrive is dropped.
  Receipt receive(std::string_view& frame);
  /// One that has arrived together with the last one; does not look for more.
  bool receive_buffered(std::string_view& frame) { return take_frame(frame); }
  /// As `receive`, waiting for at most `time`: actively at first, then asleep.
  Receipt receive(std::string_view& frame, Duration time);

  int fd() const { return socket_.get(); }

 private:
  void seal();
  std::size_t send_some(std::string_view bytes);
  void send_unsent();
  void close_sending();
  void close();

  bool take_frame(std::string_view& frame);
  std::size_t wanted_bytes() const;
  bool make_room();
  bool reserve(std::size_t capacity);
  Receipt fill();

  OwnedFd socket_;
  std::size_t max_frame_;
  bool is_closed_ = false;
  bool is_send_closed_ = false;

  std::string queued_;              ///< the frame in the making: room for its length, '[', messages
  std::deque<std::string> unsent_;  ///< sealed; of the first one, `sent_` bytes are gone
  std::size_t sent_ = 0;

  std::unique_ptr<char[]> received_;  ///< what has arrived lies between `begin_` and `end_`
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace vnode
