#pragma once

#include <csignal>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace vnode {

/// Takes signals on a thread of its own, so that they are heard whatever the other threads do, and so that
/// the callback may do anything (it is no signal handler).
///
/// The signals are blocked in the thread that makes the watcher, and thereby in all threads that it starts
/// later: make it before them. Blocked signals are inherited by programs that are started; whoever starts one
/// clears its mask. A signal that was ignored when the program started (`vnode run ... &` in a script) is
/// taken all the same.
class SignalWatcher {
 public:
  /// `on_signal` is called on the watcher's thread, once a signal received.
  SignalWatcher(const std::vector<int>& signals, std::function<void(int)> on_signal);
  SignalWatcher(const SignalWatcher&) = delete;
  /// Restores the mask: a signal that nobody took has its former effect.
  ~SignalWatcher();

 private:
  void watch();

  sigset_t signals_{};
  sigset_t former_mask_{};
  std::function<void(int)> on_signal_;
  std::atomic<bool> is_ending_ = false;
  std::thread thread_;
};

}  // namespace vnode
