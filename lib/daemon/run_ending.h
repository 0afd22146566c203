#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "daemon/run_event_log.h"
#include "daemon/run_life.h"
#include "daemon/submission.h"
#include "store/run_store.h"

namespace vnode {

/// The end of a run on its way: large results into their file and the end into the event file first, then
/// into the store, so that a crash between the two leaves the one end that counts (rule 12).
struct RunEnding {
  RunRow row;  ///< as it becomes
  EndEvent event = EndEvent::kOwn;
  std::string results;                  ///< their text (run_results.h), until it is in a file; empty: none
  std::string results_path;             ///< once it was tried
  std::int64_t result_bytes = 0;        ///< as far as they are kept
  std::int64_t journal_bytes = 0;       ///< that its journal takes
  std::optional<Error> results_error;   ///< why they are not there
  bool may_have_hooks = true;           ///< else `submission` is not needed
  bool is_to_append = false;            ///< else the event file has it
  std::shared_ptr<RunEventLog> events;  ///< of the last attempt; made where an end is to be written without
  std::uint64_t last_seq = 0;           ///< of what attempts have told, as far as this daemon knows
  std::shared_ptr<const CheckedSubmission>
      submission;  ///< hooks are in it, and it leaves the store with the end
};

/// The first part, for a thread that may wait for the disk; nothing where the event file has the end. Losing
/// events or results is no failure: `RunEventLog::error` and `results_error` tell. Thread rule of both parts:
/// nobody else uses `ending` meanwhile.
void append_ending(RunEnding& ending, const Clock& clock, const std::string& event_path);
/// The second part, a change for the store's transaction. May be repeated when that fails; results that could
/// not be written are tried again: once the store can be written, they perhaps can, too.
Result<void> store_ending(RunEnding& ending, RunStore& store);

/// What the run's files take on the disk.
std::int64_t file_bytes(const RunEnding& ending);

/// What was submitted, as the store has it. Errors: those of reading; kInternal when it is not there or
/// damaged.
Result<std::shared_ptr<const CheckedSubmission>> stored_submission(RunStore& store, std::string_view id);

}  // namespace vnode
