#include "async/signal_watcher.h"

#include <pthread.h>

#include <utility>

namespace vnode {

SignalWatcher::SignalWatcher(const std::vector<int>& signals, std::function<void(int)> on_signal)
    : on_signal_(std::move(on_signal)) {
  sigemptyset(&signals_);
  for (const int signal : signals) sigaddset(&signals_, signal);
  pthread_sigmask(SIG_BLOCK, &signals_, &former_mask_);
  thread_ = std::thread([this] { watch(); });
}

SignalWatcher::~SignalWatcher() {
  is_ending_ = true;
  // A signal to that thread alone ends its wait; which one does not matter.
  for (int signal = 1; signal < NSIG; ++signal) {
    if (sigismember(&signals_, signal) != 1) continue;
    pthread_kill(thread_.native_handle(), signal);
    break;
  }
  thread_.join();
  pthread_sigmask(SIG_SETMASK, &former_mask_, nullptr);
}

void SignalWatcher::watch() {
  for (;;) {
    int signal = 0;
    if (sigwait(&signals_, &signal) != 0) continue;
    if (is_ending_) return;
    on_signal_(signal);
  }
}

}  // namespace vnode
