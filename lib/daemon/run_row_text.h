#pragma once

#include "model/value.h"
#include "store/run_row.h"
#include "tasks/task_table.h"

namespace vnode {

/// A run as replies have it (lib/rpc/protocol.md, "Runs"). `reason`, `duration` so far and `is_stopping` come
/// from the table, for a run that has not ended.
struct LiveView {
  std::optional<WaitReason> reason;
  std::optional<double> duration;
  bool is_stopping = false;
};
Value run_value(const RunRow& row, const LiveView& live = {});

/// The named resources of a row.
Demands demands_of(const RunRow& row);

/// Takes over what the last line of its events, `execution_finished`, says of a run whose end did not reach
/// the store any more. False, and nothing is changed, when that is no end.
bool take_end(RunRow& row, const std::string& line);

}  // namespace vnode
