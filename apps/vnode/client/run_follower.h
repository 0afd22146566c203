#pragma once

#include <optional>
#include <string>

#include "apps/vnode/client/daemon_connection.h"
#include "apps/vnode/client/event_follower.h"
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
  ExitCode follow(const std::string& id) { return show(id, 0, true); }
  /// The same of the events behind `since`; not following: of those that are there.
  ExitCode show(const std::string& id, std::uint64_t since, bool follows);

 private:
  ExitCode show(EventFollower& follower);
  ExitCode show_stream(EventFollower& follower);
  ExitCode show_view(EventFollower& follower, EventSink& sink, RunView* view);
  ExitCode report(const std::optional<CallError>& error);
  void tell_loss();

  DaemonConnection& connection_;
  const OutputFormat format_;
  Diagnostics& diagnostics_;
};

}  // namespace vnode
