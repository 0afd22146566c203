#include "apps/vnode/service/daemon_signals.h"

#include <csignal>
#include <utility>

namespace vnode {

void DaemonSignals::on_signal(int signal) {
  const DaemonSignal meant = signal == SIGHUP ? DaemonSignal::kReload : DaemonSignal::kTerminate;
  const std::lock_guard lock(mutex_);
  if (daemon_) {
    daemon_->signal(meant);
  } else {
    waiting_.push_back(meant);
  }
}

void DaemonSignals::attach(Daemon& daemon) {
  const std::lock_guard lock(mutex_);
  daemon_ = &daemon;
  for (const DaemonSignal signal : std::exchange(waiting_, {})) daemon.signal(signal);
}

void DaemonSignals::detach() {
  const std::lock_guard lock(mutex_);
  daemon_ = nullptr;
}

}  // namespace vnode
