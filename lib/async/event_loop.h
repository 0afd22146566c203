#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/clock.h"

namespace vnode {

/// Where a thread waits between two steps of its work; sockets (`line_socket.h`, `listener.h`) are served
/// meanwhile.
/// Thread rule: `wake` and `post` may be called from any thread, the rest from the thread that waits. Other
/// threads must be done with it before it is destroyed, and its sockets be gone.
class EventLoop {
 public:
  EventLoop();
  EventLoop(const EventLoop&) = delete;
  ~EventLoop();

  /// Ends the current wait, or the next one if none is under way.
  void wake();
  /// Has `job` called by `wait_until`, in order of posting, and ends that wait. Jobs must not throw. What is
  /// still there when the loop is destroyed is dropped.
  void post(std::function<void()> job);

  /// Waits for `wake` or the deadline, whichever comes first; nullopt: for `wake` alone. May return early.
  void wait_until(std::optional<SteadyTime> deadline);

  struct State;
  State& state() { return *state_; }  ///< for the sockets of this folder (event_loop_state.h)

 private:
  std::unique_ptr<State> state_;
};

}  // namespace vnode
