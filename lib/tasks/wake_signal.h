#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "async/inbox.h"
#include "tasks/queue_planner.h"

namespace vnode {

/// The tasks that ask for a step.
using WakeInbox = Inbox<TaskKey>;

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
