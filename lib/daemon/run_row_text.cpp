#include "daemon/run_row_text.h"

#include <cmath>

#include "base/duration_text.h"
#include "base/utc_time.h"
#include "model/json_reader.h"
#include "model/json_writer.h"
#include "model/members.h"
#include "store/run_id.h"

namespace vnode {
namespace {

Value dict_of(const std::string& text) {
  if (text.empty()) return Dict();
  Result<Value> value = parse_json(text);
  return value ? std::move(*value) : Value(Dict());
}

Value time_value(const std::optional<std::int64_t>& time) { return time ? Value(time_text(*time)) : Value(); }

Value progress_value(const RunTally::Counts& counts) {
  constexpr double kWhole = 1000;
  const std::optional<RunTally::Underway>& slowest = counts.slowest;
  return Dict{{"nodes", counts.nodes},
              {"ended", counts.ended},
              {"failed", counts.failed},
              {"fraction", std::round(counts.fraction() * kWhole) / kWhole},
              {"slowest", slowest ? Value(Dict{{"started_at", time_text(slowest->started_at)},
                                               {"fraction", slowest->permille / kWhole}})
                                  : Value()}};
}

template <class T>
Value optional_value(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

}  // namespace

Value run_value(const RunRow& row, const LiveView& live) {
  Dict run{{"id", row.id},
           {"status", word(row.status)},
           {"queue", row.queue},
           {"priority", row.priority},
           {"attempt", row.attempt},
           {"workflow", row.workflow},
           {"description", row.description}};
  run.set("created_at", time_text(row.created_at));
  run.set("started_at", time_value(row.started_at));
  run.set("completed_at", time_value(row.completed_at));
  run.set("duration", optional_value(row.duration ? row.duration : live.duration));
  run.set("exit_code", optional_value(row.exit_code));
  run.set("error", row.error);
  run.set("info", dict_of(row.info));
  run.set("resources", dict_of(row.resources));
  run.set("parameters", dict_of(row.parameters));
  run.set("timeout", optional_value(row.timeout));
  run.set("reason",
          live.reason ? Value(Dict{{"code", live.reason->code}, {"text", live.reason->text}}) : Value());
  run.set("nodes", row.summary.empty() ? Value() : dict_of(row.summary));
  run.set("key", row.key.empty() ? Value() : Value(row.key));
  run.set("progress", live.progress ? progress_value(*live.progress) : Value());
  run.set("event_bytes", row.event_bytes);
  run.set("stopping", live.is_stopping);
  run.set("paused", live.pause ? Value(Dict{{"since", time_text(live.pause->since)},
                                            {"processes_stopped", live.pause->how == RunPause::kStop}})
                               : Value());
  run.set("group", row.group == 0 ? Value() : Value(group_id(row.group, row.id)));
  run.set("dependencies", dict_of(row.dependencies));
  run.set("group_value", row.group == 0 ? Value() : Value(row.group_value));
  run.set("resumes", !row.resume.empty());
  return run;
}

Value group_value(const RunGroup& group) {
  const GroupRow& row = group.row;
  Dict counts;
  for (const RunStatus status : kTableStatuses) counts.set(word(status), group.count(status));
  return Dict{{"id", row.id},
              {"status", word(group.status())},
              {"size", row.size},
              {"counts", std::move(counts)},
              {"parameter", row.parameter},
              {"queue", row.queue},
              {"priority", row.priority},
              {"workflow", row.workflow},
              {"description", row.description},
              {"created_at", time_text(row.created_at)},
              {"completed_at", time_value(group.completed_at())},
              {"info", dict_of(row.info)}};
}

std::string begin_text(const RunRow& row) {
  std::string attempt = row.attempt > 1 ? " (attempt " + std::to_string(row.attempt) : "";
  if (!attempt.empty()) attempt += row.resume.empty() ? ")" : ", which goes on from its journal)";
  return "run " + row.id + " begins" + attempt + (row.workflow.empty() ? "" : ": " + row.workflow);
}

std::string end_text(const RunRow& row) {
  std::string text = "run " + row.id + " has ended: " + std::string(word(row.status));
  if (row.duration) {
    const std::chrono::duration<double> duration(*row.duration);
    text += " after " + duration_text(std::chrono::duration_cast<Duration>(duration));
  }
  if (row.exit_code) text += " (exit code " + std::to_string(*row.exit_code) + ")";
  return row.error.empty() ? text : text + ": " + row.error;
}

Demands demands_of(const RunRow& row) {
  Demands demands;
  const Value resources = dict_of(row.resources);
  for (const Dict::Entry& entry : resources.as_entries()) {
    const std::optional<ResourceAmount> amount = resource_amount_of(entry.value);
    if (entry.key.is_text() && amount) demands[std::string(entry.key.as_text())] = *amount;
  }
  return demands;
}

OnInterrupt on_interrupt_of(const RunRow& row) {
  if (row.resumes_interrupts) return OnInterrupt::kResume;
  return row.retries_interrupts ? OnInterrupt::kRetry : OnInterrupt::kFail;
}

std::optional<AttemptEnd> take_end(RunRow& row, const std::string& line) {
  const Result<Value> event = parse_json(line);
  if (!event) return std::nullopt;
  const std::optional<RunStatus> status = parse_run_status(text_view(*event, "status"));
  const std::optional<std::int64_t> exit_code = integer_member(*event, "exit_code");
  if (!status || !exit_code || !is_ended(*status)) return std::nullopt;
  AttemptEnd end{
      .status = *status, .exit_code = static_cast<int>(*exit_code), .error = text_member(*event, "error")};
  if (const auto duration = number_member(*event, "duration")) row.duration = *duration;
  if (const Value* nodes = member(*event, "nodes"); nodes && nodes->is_dict()) {
    row.summary.clear();
    append_json(row.summary, *nodes);
  }
  return end;
}

std::optional<std::int64_t> begun_attempt(const std::string& line) {
  const Result<Value> event = parse_json(line);
  return event ? integer_member(*event, "attempt") : std::nullopt;
}

}  // namespace vnode
