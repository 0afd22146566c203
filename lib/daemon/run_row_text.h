#pragma once

#include "daemon/run_groups.h"
#include "daemon/run_life.h"
#include "events/run_tally.h"
#include "model/value.h"
#include "store/run_row.h"
#include "tasks/task_table.h"

namespace vnode {

/// The lines of the log: "run 261121-00001 begins: report.json", "run 261121-00001 has ended: failed
/// after 1.2s (exit code 1): ...".
std::string begin_text(const RunRow& row);
std::string end_text(const RunRow& row);

/// A run as replies have it (lib/rpc/protocol.md, "Runs"). `reason`, `duration` so far, `is_stopping` and
/// `pause` come from the table, for a run that has not ended.
struct LiveView {
  std::optional<WaitReason> reason;
  std::optional<double> duration;
  bool is_stopping = false;
  std::optional<TaskPause> pause;
  std::optional<RunTally::Counts> progress;  ///< of one that runs
};
Value run_value(const RunRow& row, const LiveView& live = {});

/// A group as replies have it (lib/rpc/protocol.md, "Groups").
Value group_value(const RunGroup& group);

/// The named resources of a row.
Demands demands_of(const RunRow& row);

OnInterrupt on_interrupt_of(const RunRow& row);

/// What the last line of its events, `execution_finished`, says of a run whose end did not reach the store
/// any more; its duration and counts of nodes go into the row. nullopt, and nothing is changed, when that is
/// no end.
std::optional<AttemptEnd> take_end(RunRow& row, const std::string& line);

/// Which attempt an `execution_started` in its events begins; nullopt when it does not say so.
std::optional<std::int64_t> begun_attempt(const std::string& line);

}  // namespace vnode
