#pragma once

#include <csignal>

#include <functional>
#include <vector>

#include "async/fd_watcher.h"
#include "base/owned_fd.h"

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
  /// What becomes of signals that come later.
  enum class AtEnd {
    kRestore,  ///< they have their former effect, also those that nobody took
    kIgnore,   ///< they stay blocked: for programs whose outcome is settled by then
  };

  /// `on_signal` is called on the watcher's thread, once a signal received.
  SignalWatcher(const std::vector<int>& signals, std::function<void(int)> on_signal,
                AtEnd at_end = AtEnd::kRestore);
  SignalWatcher(const SignalWatcher&) = delete;
  ~SignalWatcher();

 private:
  void take();

  sigset_t signals_{};
  sigset_t former_mask_{};
  std::function<void(int)> on_signal_;
  const AtEnd at_end_;
  OwnedFd arriving_;  ///< readable when one of the signals is there
  FdWatcher watcher_;
};

}  // namespace vnode
