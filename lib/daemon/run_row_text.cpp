#include "daemon/run_row_text.h"

#include "daemon/time_text.h"
#include "model/json_reader.h"

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

}  // namespace vnode
