#pragma once

#include <atomic>

#include "apps/vnode/client/daemon_connection.h"
#include "async/signal_watcher.h"
#include "base/run_status.h"

namespace vnode {

/// Ctrl-C and the like end what a command waits for, in order; a second Ctrl-C ends the program at once, and
/// one is enough where its output has no reader that reads: it ends the program within two seconds. To be
/// made before other threads. Runs are not touched.
class ClientStopper {
 public:
  /// `on_resized`, if given, is called on another thread when the terminal has another size (SIGWINCH).
  explicit ClientStopper(DaemonConnection& connection, std::function<void()> on_resized = {});

  /// kExitCancelled or kExitTerminated once a signal has come; until then kExitSuccess.
  ExitCode code() const { return code_; }

 private:
  void on_signal(int signal);

  DaemonConnection& connection_;
  const std::function<void()> on_resized_;
  std::atomic<ExitCode> code_ = kExitSuccess;
  SignalWatcher watcher_;
};

}  // namespace vnode
