#include "daemon/run_ending.h"

#include <filesystem>

#include "base/replace_file.h"
#include "daemon/attempt_journal.h"
#include "daemon/run_results.h"
#include "daemon/submitted.h"
#include "engine/run.h"

namespace vnode {
namespace {

/// Before the end counts: who is told of it finds them.
void write_results(RunEnding& ending) {
  if (ending.results.empty()) return;
  if (ending.results.size() <= kMostStoredResults) {
    ending.result_bytes = static_cast<std::int64_t>(ending.results.size());
    return;
  }
  std::error_code ignored;  // shows when the file is written
  std::filesystem::create_directories(std::filesystem::path(ending.results_path).parent_path(), ignored);
  if (Result<void> written = replace_file(ending.results_path, ending.results); !written) {
    ending.results_error = written.error();
    return;
  }
  ending.results_error.reset();
  ending.result_bytes = static_cast<std::int64_t>(ending.results.size());
  ending.results = {};
}

}  // namespace

void append_ending(RunEnding& ending, const Clock& clock, const std::string& event_path) {
  if (!std::exchange(ending.is_to_append, false)) return;
  ending.results_path = results_path(event_path);
  ending.journal_bytes = journal_bytes(event_path);
  write_results(ending);
  const RunRow& row = ending.row;
  if (!ending.events) {
    ending.events = std::make_shared<RunEventLog>(event_path, row.id, find_event_file_end(event_path),
                                                  EventLimits{}, [] {});
  }
  RunEventLog& events = *ending.events;
  events.go_on_behind(ending.last_seq);
  const RunOptions options{
      .run_id = row.id, .workflow_path = row.workflow, .attempt = row.attempt, .last_seq = events.last_seq()};
  const RunOutcome outcome{.status = row.status,
                           .exit_code = row.exit_code.value_or(0),
                           .duration = std::chrono::duration_cast<Duration>(
                               std::chrono::duration<double>(row.duration.value_or(0))),
                           .error = row.error};
  if (ending.event == EndEvent::kUnstarted) {
    events.hold_all();
    report_unstarted(events, clock, options, nullptr, outcome);
  } else if (ending.event == EndEvent::kOwn) {
    report_interrupted(events, clock, options, outcome);
  }
  events.append_end();
}

Result<void> store_ending(RunEnding& ending, RunStore& store) {
  write_results(ending);
  if (ending.events) ending.row.event_bytes = file_bytes(ending);
  if (!ending.submission && ending.may_have_hooks) {
    Result<std::shared_ptr<const CheckedSubmission>> found = stored_submission(store, ending.row.id);
    if (found) {
      ending.submission = std::move(*found);
    } else if (found.error().code != ErrorCode::kInternal) {
      return found.error();
    }
    // Where it is damaged there are no hooks of the run's own; the end counts all the same.
  }
  const bool is_to_store = ending.results.size() <= kMostStoredResults;
  return store.finish(ending.row, is_to_store ? std::string_view(ending.results) : std::string_view());
}

std::int64_t file_bytes(const RunEnding& ending) {
  return static_cast<std::int64_t>(ending.events->size()) + ending.result_bytes + ending.journal_bytes;
}

Result<std::shared_ptr<const CheckedSubmission>> stored_submission(RunStore& store, std::string_view id) {
  Result<std::optional<StoredSubmission>> found = store.submission(id);
  if (!found) return found.error();
  if (!*found) return Error{ErrorCode::kInternal, "the store has lost what was submitted"};
  const std::optional<Dict> params = stored_params(**found);
  if (!params) return Error{ErrorCode::kInternal, "the stored request is damaged"};
  auto read = check_submission(*params, {.stored = &(*found)->workflow});
  if (auto* error = std::get_if<RpcError>(&read)) return Error{ErrorCode::kInternal, error->message};
  return std::make_shared<const CheckedSubmission>(std::move(std::get<CheckedSubmission>(read)));
}

}  // namespace vnode
