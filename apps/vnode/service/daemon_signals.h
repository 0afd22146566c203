#pragma once

#include <mutex>
#include <vector>

#include "daemon/daemon.h"

namespace vnode {

/// Passes signals on to a daemon; those that come before there is one wait for it. Thread rule: any thread.
class DaemonSignals {
 public:
  void on_signal(int signal);

  void attach(Daemon& daemon);
  void detach();

 private:
  std::mutex mutex_;
  Daemon* daemon_ = nullptr;
  std::vector<DaemonSignal> waiting_;
};

}  // namespace vnode
