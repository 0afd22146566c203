#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace vnode {

/// Messages from other threads to the one that steps something: a run, a table of tasks. To be shared, so
/// that work that reports when its owner is gone can still do so, to nobody. Thread rule: any thread.
template <class Message>
class Inbox {
 public:
  void post(Message message) {
    {
      const std::lock_guard lock(mutex_);
      messages_.push_back(std::move(message));
    }
    posted_.notify_one();
    call_wake();
  }

  /// Wakes the owner without a message.
  void notify() {
    {
      const std::lock_guard lock(mutex_);
      is_notified_ = true;
    }
    posted_.notify_one();
    call_wake();
  }

  /// Called with each message and notification. When this has returned, the function before it is not running
  /// any more.
  void set_wake(std::function<void()> wake) {
    const std::lock_guard lock(wake_mutex_);
    wake_ = std::move(wake);
  }

  /// What has been posted since, in order.
  std::vector<Message> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(messages_, {});
  }

  bool empty() const {
    const std::lock_guard lock(mutex_);
    return messages_.empty();
  }

  /// Sleeps until something is posted, `notify` is called, or the deadline. Returns at once if something is
  /// there.
  void wait(std::optional<SteadyTime> deadline) {
    std::unique_lock lock(mutex_);
    const auto is_due = [this] { return is_notified_ || !messages_.empty(); };
    if (deadline) {
      posted_.wait_until(lock, *deadline, is_due);
    } else {
      posted_.wait(lock, is_due);
    }
    is_notified_ = false;
  }

 private:
  void call_wake() {
    const std::lock_guard lock(wake_mutex_);
    if (wake_) wake_();
  }

  mutable std::mutex mutex_;
  std::condition_variable posted_;
  std::vector<Message> messages_;
  bool is_notified_ = false;
  std::mutex wake_mutex_;
  std::function<void()> wake_;
};

}  // namespace vnode
