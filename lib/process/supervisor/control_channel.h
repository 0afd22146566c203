#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "process/supervisor/wire.h"

namespace vnode {

/// One end of the control socket: whole frames, in and out, with their descriptors. Never blocks; the socket
/// is non-blocking. Used by both ends. Thread rule: one thread at a time.
class ControlChannel {
 public:
  struct Frame {
    wire::FrameHead head{};
    std::string payload;
    std::vector<int> descriptors;  ///< the receiver's to close
    bool is_short = false;         ///< the system could not give all descriptors (too many are open)
  };

  explicit ControlChannel(int socket) : socket_(socket) {}
  ControlChannel(const ControlChannel&) = delete;
  /// Closes what was received and not taken, and what was to be sent; not the socket.
  ~ControlChannel();

  /// Reads what is there. False at the end of what the other end sends, and after an error.
  bool read();
  /// The next whole frame, if there is one.
  bool next(Frame& frame);

  /// Has the frame sent by the next `flush`: several together, where they come together. The descriptors are
  /// closed here once they are sent.
  void send(wire::FrameHead head, std::string_view payload, std::vector<int> descriptors = {});
  template <class Payload>
  void send(wire::Kind kind, int process, const Payload& payload) {
    send({sizeof payload, kind, 0, process}, {reinterpret_cast<const char*>(&payload), sizeof payload});
  }
  /// Sends what it can. False when nobody is there any more to read it.
  bool flush();
  bool has_unsent() const { return sent_ < unsent_.size(); }

 private:
  struct Passed {
    std::size_t at;  ///< offset in `unsent_` of the frame that they come with
    std::vector<int> descriptors;
  };
  struct Received {
    std::vector<int> descriptors;
    bool is_short;
  };
  long send_some();
  void keep_descriptors(void* message);

  int socket_;
  std::string arrived_;
  std::size_t taken_ = 0;  ///< bytes of `arrived_`
  std::deque<Received> received_;
  std::string unsent_;
  std::size_t sent_ = 0;  ///< bytes of `unsent_`
  std::deque<Passed> passed_;
  bool is_broken_ = false;
};

}  // namespace vnode
