#include "tasks/wake_inbox.h"

#include <utility>

namespace vnode {

void WakeInbox::post(TaskKey key) {
  {
    std::lock_guard lock(mutex_);
    woken_.push_back(key);
  }
  posted_.notify_one();
  std::lock_guard lock(wake_mutex_);
  if (wake_) wake_();
}

void WakeInbox::set_wake(std::function<void()> wake) {
  std::lock_guard lock(wake_mutex_);
  wake_ = std::move(wake);
}

std::vector<TaskKey> WakeInbox::take() {
  std::lock_guard lock(mutex_);
  return std::exchange(woken_, {});
}

bool WakeInbox::empty() const {
  std::lock_guard lock(mutex_);
  return woken_.empty();
}

void WakeInbox::wait(std::optional<SteadyTime> deadline) {
  std::unique_lock lock(mutex_);
  auto is_due = [this] { return !woken_.empty(); };
  if (deadline) {
    posted_.wait_until(lock, *deadline, is_due);
  } else {
    posted_.wait(lock, is_due);
  }
}

}  // namespace vnode
