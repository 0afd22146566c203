#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/owned_fd.h"

namespace vnode {

/// Packets with descriptors over a SOCK_SEQPACKET socket (protocol.md, "Control socket"). Never blocks.
/// Thread rule: one thread at a time.
class ControlSocket {
 public:
  enum class Receipt { kPacket, kNothing, kClosed };

  explicit ControlSocket(OwnedFd socket) : socket_(std::move(socket)) {}

  /// Sends the packet, or keeps it for `flush` when the socket takes no more. The descriptors are closed here
  /// once sent. What nobody will read any more is dropped. Errors: kUnavailable when the system refuses the
  /// packet.
  Result<void> send(std::string text, std::vector<OwnedFd> descriptors = {});
  /// Sends what was kept, as far as possible.
  void flush();
  /// Watch for writability and `flush` again.
  bool has_unsent() const { return !unsent_.empty(); }
  /// The other end sees the end of the packets; this one still receives.
  void end_sending();

  Receipt receive(std::string& text);

  int fd() const { return socket_.get(); }

 private:
  struct Packet {
    std::string text;
    std::vector<OwnedFd> descriptors;
  };
  int send_packet(const Packet& packet);

  OwnedFd socket_;
  std::deque<Packet> unsent_;
};

}  // namespace vnode
