#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "async/event_loop.h"
#include "async/tls_stream.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/owned_fd.h"

namespace vnode {

/// Carries bytes between a connected socket that speaks TLS and one that does not: whoever has the other end
/// of the plain one need not know. What it holds is bounded: it does not read at one side what the other side
/// does not take. The end of sending is passed on both ways.
///
/// Thread rule: the loop's thread. `on_ended` comes from within `EventLoop::wait_until`, and may destroy the
/// relay.
class TlsRelay {
 public:
  /// Null: both sides have ended as they should. kInvalidValue: TLS failed (TlsStream); kIo: the connection
  /// broke, or the other side took too long. Once, before the plain socket is closed.
  using OnEnded = std::function<void(const Error*)>;

  /// Begins at once. `patience`: once the plain side has ended, how long the other side may take nothing of
  /// what is left, or not finish the handshake.
  TlsRelay(EventLoop& loop, TlsStream stream, OwnedFd network, OwnedFd plain, OnEnded on_ended,
           Duration patience = std::chrono::seconds(10));
  TlsRelay(const TlsRelay&) = delete;
  ~TlsRelay();  ///< closes both; what was written to the plain side before is sent if the system takes it

  /// The plain side has ended, and all that came from it has been handed to the system.
  bool is_sent() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace vnode
