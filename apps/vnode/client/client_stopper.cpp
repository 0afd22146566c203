#include "apps/vnode/client/client_stopper.h"

#include <unistd.h>

#include <csignal>

#include "apps/vnode/terminal/forced_end.h"

namespace vnode {
namespace {

/// What is left to be written after a signal gets so long: a reader may take nothing.
constexpr Duration kPatience = std::chrono::milliseconds(1500);

std::vector<int> stopping_signals() {
  std::vector<int> signals = {SIGINT, SIGTERM};
  // A terminal that is closed ends the wait too, unless it was started with nohup.
  struct sigaction hangup = {};
  if (::sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) signals.push_back(SIGHUP);
  return signals;
}

}  // namespace

ClientStopper::ClientStopper(DaemonConnection& connection)
    : connection_(connection),
      watcher_(
          stopping_signals(), [this](int signal) { on_signal(signal); }, SignalWatcher::AtEnd::kIgnore) {}

/// On the watcher's thread.
void ClientStopper::on_signal(int signal) {
  if (signal == SIGINT && code_ == kExitCancelled) ::_exit(kExitCancelled);
  const ExitCode code = signal == SIGINT ? kExitCancelled : kExitTerminated;
  const bool is_first = code_.exchange(code) == kExitSuccess;
  connection_.interrupt();
  if (is_first) end_at_the_latest(kPatience, code);
}

}  // namespace vnode
