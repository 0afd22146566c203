#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/run_pause.h"
#include "base/run_status.h"
#include "model/resource_amounts.h"
#include "model/value.h"

namespace vnode {

/// Named resources that a task holds while it runs.
using Demands = ResourceAmounts;

/// What is valid in each state, and nothing else.
struct PendingTask {
  std::optional<SteadyTime> not_before = {};  ///< it failed, and is tried again from then on
};
struct RunningTask {
  WallTime started_at;
  SteadyTime since;                     ///< its duration so far counts from here: wall clocks jump
  StopReason stop = StopReason::kNone;  ///< it was asked to end, and has not yet
};
struct EndedTask {
  RunStatus status = RunStatus::kCompleted;  ///< a terminal one
  std::optional<WallTime> started_at;        ///< none: it never ran
  WallTime completed_at;
  Duration duration{};
  Value result;
  std::string error;  ///< empty when completed
  std::optional<int> exit_code;
};

/// Somebody has paused it: pending, it is not started; running, its work stands still as far as it can.
struct TaskPause {
  RunPause how = RunPause::kHold;
  WallTime since;

  bool operator==(const TaskPause&) const = default;
};
/// For people: "paused since 2026-11-21 18:00:00 UTC".
std::string pause_text(const TaskPause& pause);

/// One row of the task table (rule 3). Read it through a TaskHandle; only the table writes.
struct TaskRecord {
  std::string id;
  std::string description;
  std::string queue;
  int priority = 0;
  int attempt = 1;
  std::string workflow;  ///< path or name, where the work is a run
  WallTime created_at;
  Value info;  ///< the submitter's own: a dictionary, or none
  Demands resources;
  std::optional<Duration> timeout;
  std::optional<TaskPause> pause;  ///< until it has ended, or goes on
  std::variant<PendingTask, RunningTask, EndedTask> state;

  RunStatus status() const;
  /// Null unless it has ended.
  const EndedTask* ended() const { return std::get_if<EndedTask>(&state); }
  const RunningTask* running() const { return std::get_if<RunningTask>(&state); }
  const PendingTask* pending() const { return std::get_if<PendingTask>(&state); }
};

/// What submitting returns at once; waiting on it is optional. Stays readable after the record has left the
/// table. Thread rule: the owner's thread.
using TaskHandle = std::shared_ptr<const TaskRecord>;

}  // namespace vnode
