#include "daemon/run_row_text.h"

#include "daemon/time_text.h"
#include "model/json_reader.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

Value dict_of(const std::string& text) {
  if (text.empty()) return Dict();
  Result<Value> value = parse_json(text);
  return value ? std::move(*value) : Value(Dict());
}

Value time_value(const std::optional<std::int64_t>& time) { return time ? Value(time_text(*time)) : Value(); }

template <class T>
Value optional_value(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

}  // namespace

Value run_value(const RunRow& row, const LiveView& live) {
  Dict run{{"id", row.id},
           {"status", row.status},
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
  run.set("timeout", optional_value(row.timeout));
  run.set("reason",
          live.reason ? Value(Dict{{"code", live.reason->code}, {"text", live.reason->text}}) : Value());
  run.set("nodes", row.summary.empty() ? Value() : dict_of(row.summary));
  run.set("key", row.key.empty() ? Value() : Value(row.key));
  run.set("event_bytes", row.event_bytes);
  run.set("stopping", live.is_stopping);
  return run;
}

Demands demands_of(const RunRow& row) {
  Demands demands;
  const Value resources = dict_of(row.resources);
  for (const Dict::Entry& entry : resources.as_entries()) {
    if (entry.key.is_text() && entry.value.is_int())
      demands[std::string(entry.key.as_text())] = entry.value.as_int();
  }
  return demands;
}

bool take_end(RunRow& row, const std::string& line) {
  const Result<Value> event = parse_json(line);
  if (!event || !event->is_dict()) return false;
  const Dict fields = event->as_dict();
  const Value* status = fields.find("status");
  const Value* exit_code = fields.find("exit_code");
  if (!status || !status->is_text() || !exit_code || !exit_code->is_int()) return false;
  const std::string name = status->as_text() == "invalid" ? "failed" : std::string(status->as_text());
  const std::optional<TaskStatus> known = parse_task_status(name);
  if (!known || !is_ended(*known)) return false;
  row.status = name;
  row.exit_code = static_cast<int>(exit_code->as_int());
  const Value* error = fields.find("error");
  row.error = error && error->is_text() ? std::string(error->as_text()) : std::string();
  if (const Value* duration = fields.find("duration"); duration && duration->is_float()) {
    row.duration = duration->as_float();
  }
  if (const Value* nodes = fields.find("nodes"); nodes && nodes->is_dict()) {
    row.summary.clear();
    append_json(row.summary, *nodes);
  }
  return true;
}

}  // namespace vnode
