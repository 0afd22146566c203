#pragma once

#include <optional>
#include <string>

#include "apps/vnode/client/daemon_connection.h"
#include "apps/vnode/local/run_command_options.h"
#include "apps/vnode/show/pretty_view.h"
#include "apps/vnode/terminal/diagnostics.h"
#include "base/run_status.h"

namespace vnode {

/// Shows a run of the daemon as `vnode run` would show it here.
class RunFollower {
 public:
  RunFollower(DaemonConnection& connection, OutputFormat format, Diagnostics& diagnostics)
      : connection_(connection), format_(format), diagnostics_(diagnostics) {}

  /// Until the run has ended. kExitSuccess: all was shown, whatever became of the run; otherwise the reason
  /// has been told. Nothing is told when interrupted: kExitCancelled.
  ExitCode follow(const std::string& id);

 private:
  ExitCode show_stream(const std::string& id);
  ExitCode show_view(const std::string& id, EventSink& sink, PrettyView* view);
  ExitCode report(const std::optional<CallError>& error);
  void tell_loss();

  DaemonConnection& connection_;
  const OutputFormat format_;
  Diagnostics& diagnostics_;
};

}  // namespace vnode
