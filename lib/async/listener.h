#pragma once

#include <functional>
#include <memory>

#include "async/event_loop.h"
#include "base/owned_fd.h"

namespace vnode {

/// Accepts connections on a listening socket. When the process has no descriptors left, a connection is
/// accepted and closed at once (with the help of one kept in reserve), so that peers do not hang and the loop
/// does not spin. Thread rule: the loop's thread; `on_connection` comes from within `wait_until`.
class Listener {
 public:
  Listener(EventLoop& loop, OwnedFd listening, std::function<void(OwnedFd)> on_connection);
  Listener(const Listener&) = delete;
  ~Listener();  ///< stops listening; an inherited socket (activation) is closed here, not shut down

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace vnode
