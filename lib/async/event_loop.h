#pragma once

#include <memory>
#include <optional>

#include "base/clock.h"

namespace vnode {

/// Where a thread waits between two steps of its work.
/// Thread rule: `wake` may be called from any thread, the rest from the thread that waits. Other threads must
/// be done with it before it is destroyed.
class EventLoop {
 public:
  EventLoop();
  EventLoop(const EventLoop&) = delete;
  ~EventLoop();

  /// Ends the current wait, or the next one if none is under way.
  void wake();

  /// Waits for `wake` or the deadline, whichever comes first; nullopt: for `wake` alone. May return early.
  void wait_until(std::optional<SteadyTime> deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vnode
