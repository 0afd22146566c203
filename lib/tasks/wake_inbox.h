#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "tasks/queue_planner.h"

namespace vnode {

/// The tasks that ask for a step. Shared, so that work that reports after its table is gone can still do so,
/// to nobody. Thread rule: any thread.
class WakeInbox {
 public:
  void post(TaskKey key);
  /// When this has returned, the function before it is not running any more.
  void set_wake(std::function<void()> wake);

  std::vector<TaskKey> take();
  bool empty() const;
  /// Sleeps until a task is posted or the deadline; returns at once if one is there.
  void wait(std::optional<SteadyTime> deadline);

 private:
  mutable std::mutex mutex_;
  std::condition_variable posted_;
  std::vector<TaskKey> woken_;
  std::mutex wake_mutex_;
  std::function<void()> wake_;
};

/// What one attempt of a task is woken by. However often that happens between two steps, it is one entry of
/// the inbox. Thread rule: any thread.
class WakeSignal {
 public:
  WakeSignal(std::shared_ptr<WakeInbox> inbox, TaskKey key) : inbox_(std::move(inbox)), key_(key) {}

  void wake() {
    if (!is_posted_.exchange(true)) inbox_->post(key_);
  }
  /// Before a step: what happens from here on asks for another one.
  void reset() { is_posted_.exchange(false); }

 private:
  const std::shared_ptr<WakeInbox> inbox_;
  const TaskKey key_;
  std::atomic<bool> is_posted_ = false;
};

}  // namespace vnode
