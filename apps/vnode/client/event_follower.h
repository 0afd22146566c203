#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "apps/vnode/client/daemon_connection.h"
#include "apps/vnode/terminal/diagnostics.h"
#include "base/run_status.h"

namespace vnode {

/// Reads the events of one run from the daemon, each once and in order, also when the daemon is restarted
/// meanwhile.
class EventFollower {
 public:
  struct Callbacks {
    /// `line`: the event as the run wrote it, byte by byte. False: enough.
    std::function<bool(const Value& event, std::string_view line)> on_event;
    std::function<void()> on_lost;  ///< the daemon went away and is looked for
    /// Called when nothing is there to be read; says when to be called again at the latest.
    std::function<std::optional<SteadyTime>()> on_idle = [] { return std::optional<SteadyTime>(); };
  };

  EventFollower(DaemonConnection& connection, std::string id, std::uint64_t since, bool follows)
      : connection_(connection), id_(std::move(id)), asked_since_(since), since_(since), follows_(follows) {}

  /// Until the run's last event (not following: until the last one that is there now). An error also when
  /// interrupted.
  std::optional<CallError> read(const Callbacks& callbacks);

  /// Once read: the run has ended, all its events were asked for, and none of them is there any more.
  bool has_found_nothing() const { return has_run_ended_ && events_ == 0 && asked_since_ == 0; }
  /// Once read: some events were not there any more.
  bool has_gaps() const { return gaps_ > 0; }

 private:
  enum class Outcome { kEnded, kLost, kInterrupted };
  Outcome read_subscription(std::int64_t subscription, const Callbacks& callbacks);

  DaemonConnection& connection_;
  const std::string id_;
  const std::uint64_t asked_since_;
  std::uint64_t since_;  ///< seq of the last event that was told
  const bool follows_;
  std::uint64_t events_ = 0;
  std::uint64_t gaps_ = 0;
  bool has_run_ended_ = false;
};

/// Says that nothing is left of a run's events. The exit code for it.
ExitCode report_lost_events(const std::string& id, Diagnostics& diagnostics);

}  // namespace vnode
