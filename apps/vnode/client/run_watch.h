#pragma once

#include <map>
#include <optional>
#include <string>

#include "apps/vnode/client/client_stopper.h"
#include "apps/vnode/client/daemon_connection.h"
#include "apps/vnode/show/run_listing.h"
#include "apps/vnode/terminal/diagnostics.h"
#include "apps/vnode/watch/run_board.h"

namespace vnode {

/// `vnode ps --watch` without a terminal: a line a change, as text or JSON.
class RunWatch {
 public:
  RunWatch(DaemonConnection& connection, RunSelection selection, bool is_json, Diagnostics& diagnostics);

  /// Until a signal has come (`stopper`), nobody reads any more, or the daemon has been away for long.
  ExitCode run(const ClientStopper& stopper);

 private:
  std::optional<CallError> subscribe();
  std::optional<CallError> follow();
  void apply(const Client::Notification& notification);
  void take(const Value& run);
  void tell(const Value& run, const std::string& id);

  DaemonConnection& connection_;
  const RunSelection selection_;
  const bool is_json_;
  Diagnostics& diagnostics_;
  RunBoard board_;
  std::map<std::string, std::string> told_;  ///< the last line of each run
  std::int64_t subscription_ = 0;
  ExitCode printed_ = kExitSuccess;
};

}  // namespace vnode
