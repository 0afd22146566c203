#pragma once

#include <functional>
#include <optional>

#include "async/timer_queue.h"
#include "base/clock.h"
#include "store/store_thread.h"

namespace vnode {

/// Looks every few seconds whether the store's files are still there and whether the disk has space, so that
/// both are noticed while nobody submits anything. Thread rule: the owner's thread.
class StoreWatch {
 public:
  struct Parts {
    StoreThread& store;
    TimerQueue& timers;
    const Clock& clock;
    /// What `RunStore::check` has said, each time.
    std::function<void(const Result<void>&)> on_checked;
    /// Nothing is being executed that might still want to tell of its end.
    std::function<bool()> is_idle;
    /// Once: the files have been away for a while, and nothing is left to wait for.
    std::function<void()> on_lost;
  };
  explicit StoreWatch(Parts parts) : parts_(std::move(parts)) {}
  StoreWatch(const StoreWatch&) = delete;

  /// Now, and from then on again and again.
  void look();

 private:
  void take(const Result<void>& checked);

  Parts parts_;
  std::optional<SteadyTime> lost_since_;
  bool has_told_ = false;
};

}  // namespace vnode
