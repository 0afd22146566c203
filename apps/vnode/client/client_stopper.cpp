#include "apps/vnode/client/client_stopper.h"

#include <unistd.h>

#include <csignal>
#include <utility>

#include "apps/vnode/terminal/forced_end.h"

namespace vnode {
namespace {

/// What is left to be written after a signal gets so long: a reader may take nothing.
constexpr Duration kPatience = std::chrono::milliseconds(1500);

std::vector<int> signals_to_take(bool takes_resizes) {
  std::vector<int> signals = {SIGINT, SIGTERM};
  if (takes_resizes) signals.push_back(SIGWINCH);
  // A terminal that is closed ends the wait too, unless it was started with nohup.
  struct sigaction hangup = {};
  if (::sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) signals.push_back(SIGHUP);
  return signals;
}

}  // namespace

ClientStopper::ClientStopper(DaemonConnection& connection, std::function<void()> on_resized)
    : connection_(connection),
      on_resized_(std::move(on_resized)),
      watcher_(
          signals_to_take(on_resized_ != nullptr), [this](int signal) { on_signal(signal); },
          SignalWatcher::AtEnd::kIgnore) {}

/// On the watcher's thread.
void ClientStopper::on_signal(int signal) {
  if (signal == SIGWINCH) return on_resized_();
  if (signal == SIGINT && code_ == kExitCancelled) ::_exit(kExitCancelled);
  const ExitCode code = signal == SIGINT ? kExitCancelled : kExitTerminated;
  const bool is_first = code_.exchange(code) == kExitSuccess;
  connection_.interrupt();
  if (is_first) end_at_the_latest(kPatience, code);
}

}  // namespace vnode
