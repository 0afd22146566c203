#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apps/vnode/client/client_stopper.h"
#include "apps/vnode/client/daemon_connection.h"
#include "apps/vnode/show/run_info.h"
#include "apps/vnode/show/run_listing.h"
#include "apps/vnode/terminal/diagnostics.h"
#include "apps/vnode/terminal/live_screen.h"

namespace vnode {

/// `vnode ps --watch`: the table as it changes. Live on a terminal; elsewhere, and as JSON, a line a change.
class RunWatch {
 public:
  struct Options {
    bool is_live = false;
    bool is_json = false;
  };

  RunWatch(DaemonConnection& connection, RunSelection selection, Options options, Diagnostics& diagnostics);

  /// Until q is typed, a signal has come (`stopper`), or the daemon has been away for long.
  ExitCode run(const ClientStopper& stopper);

 private:
  std::optional<CallError> subscribe();
  std::optional<CallError> follow();
  void apply(const Client::Notification& notification);
  void take(const Value& run);
  void drop_old();
  void tell(const Value& run, const std::string& id);
  void draw_when_due();
  SteadyTime next_draw() const;
  void draw();
  std::string title() const;
  std::vector<std::string> table(std::size_t most) const;

  DaemonConnection& connection_;
  const RunSelection selection_;
  const Options options_;
  Diagnostics& diagnostics_;
  std::optional<LiveScreen> screen_;
  std::map<std::string, Value> runs_;        ///< by id: the newest last
  std::map<std::string, std::string> told_;  ///< the last line of each run
  std::int64_t subscription_ = 0;
  std::string notice_;
  SteadyTime last_draw_;
  bool has_changed_ = true;
  ExitCode printed_ = kExitSuccess;
};

}  // namespace vnode
