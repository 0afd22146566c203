#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "async/path_watch.h"
#include "async/timer_queue.h"
#include "base/clock.h"
#include "store/store_thread.h"

namespace vnode {

/// Looks whether the store's files are still there and whether the disk has space, so that both are noticed
/// while nobody submits anything: when something happens to their folder, and now and then; every few seconds
/// where nobody tells of that, or while something is wrong. Thread rule: the owner's thread.
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
    /// Has `changed` called, from then on, when something happens in the folder of the store. Null: nobody
    /// can.
    std::function<std::unique_ptr<PathWatch>(std::function<void()> changed)> watch_folder;
  };
  explicit StoreWatch(Parts parts) : parts_(std::move(parts)) {}
  StoreWatch(const StoreWatch&) = delete;

  /// Now, and from then on again and again.
  void look();
  /// The store could not be written: as soon as a look that is under way is over, and often until all is
  /// well.
  void look_often();

 private:
  void take(const Result<void>& checked);
  void watch();
  void look_at(SteadyTime at);

  Parts parts_;
  std::unique_ptr<PathWatch> watch_;  ///< null: nobody tells of changes
  TimerQueue::Id timer_ = 0;
  bool is_looking_ = false;
  bool is_wanted_ = false;  ///< something has happened during the look
  std::optional<SteadyTime> lost_since_;
  bool has_told_ = false;
};

}  // namespace vnode
