#pragma once

#include <memory>

#include "engine/run.h"
#include "tasks/task_table.h"

namespace vnode {

/// A run as a task's work, stepped on the owner's thread. `sink` gets its events (null: nobody) and must
/// outlive the task, as must the services. `options.run_id` and `options.attempt` come from the task; the
/// result is the run's exit code, status and counts:
/// {"status": "completed", "exit_code": 0, "nodes": {"executed": 3, ...}}.
WorkFactory run_work(std::shared_ptr<const Plan> plan, RunServices services, EventSink* sink,
                     RunOptions options = {});

/// What the error column says of a workflow that was refused: "the workflow is not valid: WHY", of the first
/// error.
std::string refusal_text(const Problems& problems);

/// The state of a task whose run ended so, and the text for its error column.
TaskOutcome task_outcome(const RunOutcome& outcome, std::string error);

}  // namespace vnode
