#pragma once

#include <sys/types.h>

#include <string>

#include "apps/vnode/terminal/diagnostics.h"
#include "base/error.h"
#include "base/owned_fd.h"
#include "base/run_status.h"

namespace vnode {

/// What a daemon in the background tells the program that has put it there, once: that it serves, or why it
/// does not. Without a pipe (it is in the foreground) failures go to standard error.
class StartReport {
 public:
  StartReport() = default;
  explicit StartReport(OwnedFd pipe) : pipe_(std::move(pipe)), is_detached_(true) {}

  void ready(const std::string& message);
  /// Returns the code.
  ExitCode failed(ExitCode code, const std::string& message, Diagnostics& diagnostics);

 private:
  void send(const std::string& text);

  OwnedFd pipe_;
  bool is_detached_ = false;
};

/// The other side: waits for the report of `child` and passes it on. `log` is where people may look when
/// there is none.
ExitCode await_start(const OwnedFd& pipe, pid_t child, const std::string& log, Diagnostics& diagnostics);

}  // namespace vnode
