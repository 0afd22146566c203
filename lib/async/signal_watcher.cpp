#include "async/signal_watcher.h"

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace vnode {

SignalWatcher::SignalWatcher(const std::vector<int>& signals, std::function<void(int)> on_signal,
                             AtEnd at_end)
    : on_signal_(std::move(on_signal)), at_end_(at_end) {
  sigemptyset(&signals_);
  for (const int signal : signals) sigaddset(&signals_, signal);
  pthread_sigmask(SIG_BLOCK, &signals_, &former_mask_);
  arriving_ = OwnedFd(::signalfd(-1, &signals_, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!arriving_) throw std::system_error(errno, std::generic_category(), "signalfd");
  watcher_.watch(arriving_.get(), FdWatcher::Readiness::kReadable, [this] { take(); });
}

SignalWatcher::~SignalWatcher() {
  watcher_.forget(arriving_.get());
  if (at_end_ == AtEnd::kRestore) pthread_sigmask(SIG_SETMASK, &former_mask_, nullptr);
}

void SignalWatcher::take() {
  signalfd_siginfo signal{};
  while (::read(arriving_.get(), &signal, sizeof signal) == sizeof signal) {
    on_signal_(static_cast<int>(signal.ssi_signo));
  }
  watcher_.watch(arriving_.get(), FdWatcher::Readiness::kReadable, [this] { take(); });
}

}  // namespace vnode
