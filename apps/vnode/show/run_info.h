#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/run_status.h"
#include "model/value.h"

namespace vnode {

/// A run as the daemon tells it (lib/rpc/protocol.md), as far as people are shown it.
struct RunInfo {
  std::string id;
  std::string status;  ///< as it was told: a daemon of another version may have other words
  std::string queue;
  std::string workflow;
  std::int64_t priority = 0;
  std::int64_t attempt = 1;
  std::optional<WallTime> created_at;
  std::optional<WallTime> started_at;
  std::optional<WallTime> completed_at;
  std::optional<double> duration;  ///< seconds; so far, when it is running
  std::optional<int> exit_code;
  /// How far a running one is, in nodes of the workflow.
  struct Progress {
    std::size_t nodes = 0;
    std::size_t ended = 0;
    std::size_t failed = 0;
    double fraction = 0;  ///< with what nodes at work tell of themselves
    /// The node at work that will end last, as far as they tell.
    std::optional<WallTime> slowest_started_at = {};
    double slowest_fraction = 0;
  };
  std::optional<Progress> progress;  ///< of a group: its runs
  std::string error;
  std::string description;
  std::string info;    ///< "shot=010, user=x"
  std::string reason;  ///< why it is not running
  bool is_stopping = false;
  std::optional<WallTime> paused_since;
  bool are_processes_stopped = false;  ///< by the pause
  std::string group_value;             ///< of a run of a group: what is its own
  bool is_group = false;
  std::string counts;  ///< of a group: "12 completed, 3 failed, 185 pending"

  bool is_pending() const { return status == word(RunStatus::kPending); }
  bool is_running() const { return status == word(RunStatus::kRunning); }
  bool has_ended() const { return !status.empty() && !is_pending() && !is_running(); }
};

/// A run, or a group of runs, which is shown in the same ways.
RunInfo read_run_info(const Value& run);

/// "run" or "group": what an id is one of.
std::string noun_of(std::string_view id);

/// What `vnode run` would have ended with (cli.md). Of a run that has not ended: kExitTimeout.
ExitCode exit_code_of(const RunInfo& run);

/// How long it took, or has been running at `now`; nullopt before.
std::optional<double> duration_of(const RunInfo& run, WallTime now);

/// How long it will go on, in seconds; nullopt while nobody can tell.
std::optional<double> seconds_left(const RunInfo& run, WallTime now);

/// The most telling thing about it: why it waits, why it failed, what it is for. One line.
std::string details_of(const RunInfo& run);

/// "261121-00001 failed after 3.2s: node x: message", for people.
std::string outcome_text(const RunInfo& run);

/// The escape sequence that shows the status in its colour; may be empty.
std::string_view status_style(std::string_view status);

}  // namespace vnode
