#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "base/clock.h"

namespace vnode {

/// Things to do later, for an owner with a loop of its own: it sleeps until `next()` and calls `run_due`.
/// Thread rule: one thread. Functions may add and cancel.
class TimerQueue {
 public:
  using Id = std::uint64_t;

  Id add(SteadyTime at, std::function<void()> function);
  /// Nothing happens if it has run or is not known; 0 is never known.
  void cancel(Id id);
  std::optional<SteadyTime> next() const;
  /// Calls what is due, in order of time; what is added meanwhile waits for the next call.
  void run_due(SteadyTime now);

 private:
  std::map<std::pair<SteadyTime, Id>, std::function<void()>> timers_;
  std::map<Id, SteadyTime> times_;
  Id last_ = 0;
};

}  // namespace vnode
