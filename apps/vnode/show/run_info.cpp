#include "apps/vnode/show/run_info.h"

#include <algorithm>
#include <chrono>

#include "apps/vnode/show/time_left.h"
#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/time_text.h"
#include "base/utc_time.h"
#include "model/members.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

std::string joined(std::span<const DictEntry> entries) {
  std::string text;
  for (const DictEntry& entry : entries) {
    text += (text.empty() ? "" : ", ") + to_text(entry.key) + "=" + to_text(entry.value);
  }
  return text;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// What has ended first: that is how far it has come.
std::string counts_text(const Value& counts) {
  std::string text;
  const auto add = [&](RunStatus status) {
    const std::uint64_t runs = count_member(counts, word(status));
    if (runs == 0) return;
    text += (text.empty() ? "" : ", ") + std::to_string(runs) + " " + std::string(word(status));
  };
  for (const RunStatus status : kEndedStatuses) add(status);
  add(RunStatus::kRunning);
  add(RunStatus::kPending);
  return text;
}

/// nullopt while it does not run. A daemon of an earlier version does not tell the fraction.
std::optional<RunInfo::Progress> read_progress(const Value& run) {
  const Value* told = member(run, "progress");
  if (!told || !told->is_dict()) return std::nullopt;
  RunInfo::Progress progress{.nodes = count_member(*told, "nodes"),
                             .ended = count_member(*told, "ended"),
                             .failed = count_member(*told, "failed")};
  const double nodes = static_cast<double>(std::max<std::size_t>(progress.nodes, 1));
  progress.fraction = number_member(*told, "fraction").value_or(static_cast<double>(progress.ended) / nodes);
  if (const Value* slowest = member(*told, "slowest"); slowest && slowest->is_dict()) {
    progress.slowest_started_at = parse_time(text_member(*slowest, "started_at"));
    progress.slowest_fraction = number_member(*slowest, "fraction").value_or(0);
  }
  return progress;
}

RunInfo::Progress progress_of_group(const Value& counts) {
  RunInfo::Progress progress;
  for (const RunStatus status : kEndedStatuses) {
    const std::size_t runs = count_member(counts, word(status));
    progress.ended += runs;
    if (status != RunStatus::kCompleted && status != RunStatus::kCancelled) progress.failed += runs;
  }
  progress.nodes = progress.ended + count_member(counts, word(RunStatus::kRunning)) +
                   count_member(counts, word(RunStatus::kPending));
  if (progress.nodes > 0)
    progress.fraction = static_cast<double>(progress.ended) / static_cast<double>(progress.nodes);
  return progress;
}

std::string details_of_run(const RunInfo& run) {
  if (run.is_pending() && !run.reason.empty()) return run.reason;
  if (run.is_running() && run.is_stopping) return "stopping";
  if (run.is_running() && run.paused_since) {
    return "paused since " + local_time_text(*run.paused_since) +
           (run.are_processes_stopped ? ", processes stopped" : "");
  }
  if (run.is_running() && !run.reason.empty()) return run.reason;
  if (run.has_ended() && !run.error.empty()) return first_line(run.error);
  std::string text = first_line(run.description);
  if (!run.info.empty()) text += (text.empty() ? "" : "; ") + run.info;
  return text;
}

}  // namespace

RunInfo read_run_info(const Value& run) {
  RunInfo info;
  info.id = text_member(run, "id");
  info.status = text_member(run, "status");
  info.queue = text_member(run, "queue");
  info.workflow = text_member(run, "workflow");
  info.priority = integer_member(run, "priority").value_or(0);
  info.attempt = integer_member(run, "attempt").value_or(1);
  info.created_at = parse_time(text_member(run, "created_at"));
  info.started_at = parse_time(text_member(run, "started_at"));
  info.completed_at = parse_time(text_member(run, "completed_at"));
  info.duration = number_member(run, "duration");
  if (const auto code = integer_member(run, "exit_code")) info.exit_code = static_cast<int>(*code);
  info.progress = read_progress(run);
  info.error = text_member(run, "error");
  info.description = text_member(run, "description");
  info.info = joined(dict_member(run, "info"));
  const Value* reason = member(run, "reason");
  if (reason) info.reason = text_member(*reason, "text");
  info.is_stopping = switch_member(run, "stopping");
  if (const Value* pause = member(run, "paused")) {
    info.paused_since = parse_time(text_member(*pause, "since"));
    info.are_processes_stopped = switch_member(*pause, "processes_stopped");
  }
  info.group_value = text_member(run, "group_value");
  if (const Value* counts = member(run, "counts")) {
    info.is_group = true;
    info.counts = counts_text(*counts);
    info.progress = progress_of_group(*counts);
  }
  return info;
}

std::string noun_of(std::string_view id) { return id.starts_with('g') ? "group" : "run"; }

ExitCode exit_code_of(const RunInfo& run) {
  if (!run.has_ended()) return kExitTimeout;
  const RunStatus status = parse_run_status(run.status).value_or(RunStatus::kFailed);
  if (status == RunStatus::kInterrupted) return kExitInterrupted;
  // A run that has failed must never look like a success, whatever the number says.
  if (run.exit_code && (*run.exit_code != 0 || status == RunStatus::kCompleted)) {
    return static_cast<ExitCode>(*run.exit_code);
  }
  return exit_code_of(status);
}

std::optional<double> duration_of(const RunInfo& run, WallTime now) {
  if (!run.is_running() || !run.started_at) return run.duration;
  return std::max(0.0, std::chrono::duration<double>(now - *run.started_at).count());
}

std::optional<double> seconds_left(const RunInfo& run, WallTime now) {
  const std::optional<double> duration = duration_of(run, now);
  if (!run.is_running() || !run.progress || !duration) return std::nullopt;
  TimeLeft left(*duration, run.progress->fraction);
  if (const auto& started = run.progress->slowest_started_at)
    left.add_node(std::chrono::duration<double>(now - *started).count(), run.progress->slowest_fraction);
  return left.seconds();
}

std::string details_of(const RunInfo& run) {
  if (run.is_group) {
    const std::string separator = run.description.empty() || run.info.empty() ? "" : "; ";
    const std::string what = first_line(run.description) + separator + run.info;
    return run.counts + (what.empty() ? "" : "; " + what);
  }
  const std::string details = details_of_run(run);
  if (run.group_value.empty()) return details;
  return first_line(run.group_value) + (details.empty() ? "" : ": " + details);
}

std::string outcome_text(const RunInfo& run) {
  std::string text = run.id + " " + run.status;
  if (run.has_ended() && run.duration) text += " after " + short_duration_text(*run.duration);
  const std::string details = run.has_ended() && !run.is_group ? first_line(run.error) : details_of(run);
  return details.empty() ? text : text + ": " + details;
}

std::string_view status_style(std::string_view status) {
  switch (parse_run_status(status).value_or(RunStatus::kPending)) {
    case RunStatus::kCompleted:
      return kGreen;
    case RunStatus::kFailed:
    case RunStatus::kTimeout:
    case RunStatus::kInterrupted:
    case RunStatus::kInvalid:
      return kRed;
    case RunStatus::kCancelled:
      return kYellow;
    case RunStatus::kRunning:
      return kBold;
    case RunStatus::kPending:
      break;
  }
  return kPlain;
}

}  // namespace vnode
