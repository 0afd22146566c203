#include "apps/vnode/client_stopper.h"

#include <unistd.h>

#include <csignal>

namespace vnode {
namespace {

std::vector<int> stopping_signals() {
  std::vector<int> signals = {SIGINT, SIGTERM};
  // A terminal that is closed ends the wait too, unless it was started with nohup.
  struct sigaction hangup = {};
  if (::sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) signals.push_back(SIGHUP);
  return signals;
}

}  // namespace

ClientStopper::ClientStopper(DaemonConnection& connection)
    : connection_(connection), watcher_(stopping_signals(), [this](int signal) { on_signal(signal); }) {}

/// On the watcher's thread.
void ClientStopper::on_signal(int signal) {
  if (signal == SIGINT && code_ == kExitCancelled) ::_exit(kExitCancelled);
  code_ = signal == SIGINT ? kExitCancelled : kExitTerminated;
  connection_.interrupt();
}

}  // namespace vnode
