#include "apps/vnode/show/run_report.h"

#include "apps/vnode/show/run_info.h"
#include "apps/vnode/show/submitted_text.h"
#include "apps/vnode/terminal/progress_text.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "apps/vnode/terminal/text_table.h"
#include "apps/vnode/terminal/time_text.h"
#include "base/size_text.h"
#include "base/utc_time.h"
#include "model/json_writer.h"
#include "model/members.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

/// Rows of names and values; empty values are left out.
class Rows {
 public:
  void add(std::string_view name, std::string_view value) {
    if (!value.empty()) rows_.push_back({std::string(name), harmless_line(value)});
  }
  void add_time(std::string_view name, const std::optional<WallTime>& time, WallTime now) {
    if (time) add(name, local_time_text(*time) + " (" + ago_text(*time, now) + ")");
  }
  std::string text() const { return table_text(rows_, ""); }

 private:
  TextRows rows_;
};

/// "3 succeeded, 1 failed": what is not zero.
std::string counts_text(std::span<const DictEntry> counts) {
  std::string text;
  for (const DictEntry& entry : counts) {
    if (!entry.value.is_int() || entry.value.as_int() == 0 || !entry.key.is_text()) continue;
    std::string name(entry.key.as_text());
    for (char& c : name) c = c == '_' ? ' ' : c;
    text += (text.empty() ? "" : ", ") + std::to_string(entry.value.as_int()) + " " + name;
  }
  return text;
}

std::string assignments_text(std::span<const DictEntry> entries) {
  std::string text;
  for (const DictEntry& entry : entries) {
    text += (text.empty() ? "" : ", ") + to_text(entry.key) + "=" + to_text(entry.value);
  }
  return text;
}

/// "3 of 12 nodes, 31%, ~4m left": of a run that goes on.
std::string progress_of(const RunInfo& run, WallTime now) {
  if (!run.is_running() || !run.progress || run.progress->nodes == 0) return {};
  constexpr std::size_t kAll = 1000;
  const auto done = static_cast<std::size_t>(run.progress->fraction * static_cast<double>(kAll));
  std::string text = std::to_string(run.progress->ended) + " of " + std::to_string(run.progress->nodes) +
                     (run.is_group ? " runs, " : " nodes, ") + percent_text(done, kAll);
  if (run.progress->failed > 0) text += ", " + std::to_string(run.progress->failed) + " failed";
  if (const auto left = seconds_left(run, now)) text += ", ~" + time_left_text(*left) + " left";
  return text;
}

std::string bytes_text(const Value& run) {
  const std::optional<std::int64_t> bytes = integer_member(run, "event_bytes");
  return bytes && *bytes > 0 ? std::to_string(*bytes) + " bytes" : std::string();
}

/// A daemon that is fine says so with a flag, one that is not with a reason.
std::string store_text(const Value& info) {
  const Value* store = member(info, "store");
  if (!store) return {};
  const std::string error = text_member(*store, "error");
  return switch_member(*store, "ok") ? "ok" : "failing" + (error.empty() ? "" : ": " + error);
}

std::string disk_text(const Value& info) {
  const Value* disk = member(info, "disk");
  if (!disk) return {};
  const auto size = [disk](std::string_view name) { return size_text(count_member(*disk, name)); };
  return "store " + size("store_bytes") + ", events and results " + size("event_bytes") + ", free " +
         size("free_bytes");
}

}  // namespace

std::string run_text(const Value& value, WallTime now) {
  const RunInfo run = read_run_info(value);
  Rows rows;
  rows.add("id", run.id);
  rows.add("status", run.status + (run.is_stopping ? " (stopping)" : ""));
  if (run.paused_since) {
    rows.add("paused", "since " + local_time_text(*run.paused_since) + " (" +
                           ago_text(*run.paused_since, now) + ")" +
                           (run.are_processes_stopped ? ", with its processes stopped" : ""));
  }
  if (run.is_group) {
    rows.add("runs", run.counts);
    rows.add("size", std::to_string(count_member(value, "size")) + ", each with its " +
                         text_member(value, "parameter"));
  }
  const std::string group = text_member(value, "group");
  rows.add("group", group.empty() ? "" : group + (run.group_value.empty() ? "" : ": " + run.group_value));
  rows.add("waiting", run.reason);
  rows.add("exit code", run.exit_code ? std::to_string(*run.exit_code) : "");
  rows.add("error", run.error);
  rows.add("workflow", run.workflow);
  rows.add("description", run.description);
  rows.add("queue", run.queue);
  rows.add("priority", run.priority == 0 ? "" : std::to_string(run.priority));
  const bool resumes = switch_member(value, "resumes");
  rows.add("attempt", run.attempt == 1
                          ? ""
                          : std::to_string(run.attempt) +
                                (resumes ? ", which goes on from the journal of the one before" : ""));
  rows.add_time("created", run.created_at, now);
  rows.add_time("started", run.started_at, now);
  rows.add_time("ended", parse_time(text_member(value, "completed_at")), now);
  const std::optional<double> duration = duration_of(run, now);
  rows.add("duration", duration ? short_duration_text(*duration) : "");
  const std::optional<double> timeout = number_member(value, "timeout");
  rows.add("timeout", timeout ? short_duration_text(*timeout) : "");
  rows.add("nodes", counts_text(dict_member(value, "nodes")));
  rows.add("progress", progress_of(run, now));
  rows.add("resources", assignments_text(dict_member(value, "resources")));
  for (const DictEntry& parameter : dict_member(value, "parameters")) {
    std::string text;
    append_json(text, parameter.value);
    rows.add("parameter", to_text(parameter.key) + " = " + text);
  }
  for (const auto& [name, text] : submitted_rows(value)) rows.add(name, text);
  rows.add("info", run.info);
  rows.add("key", text_member(value, "key"));
  rows.add("on disk", bytes_text(value));
  return rows.text();
}

std::string daemon_text(const Value& info) {
  Rows rows;
  rows.add("version", text_member(info, "vnode"));
  const auto number = [&](std::string_view key) {
    const std::optional<std::int64_t> value = integer_member(info, key);
    return value ? std::to_string(*value) : std::string();
  };
  rows.add("protocol", number("protocol"));
  rows.add("pid", number("pid"));
  rows.add("state", text_member(info, "state"));
  const std::optional<double> uptime = number_member(info, "uptime");
  rows.add("uptime", uptime ? short_duration_text(*uptime) : "");
  rows.add("socket", text_member(info, "socket"));
  rows.add("TCP", text_member(info, "listen"));
  rows.add("metrics", text_member(info, "metrics"));
  rows.add("state directory", text_member(info, "state_directory"));
  rows.add("store", store_text(info));
  rows.add("disk", disk_text(info));
  const std::string runs = counts_text(dict_member(info, "runs"));
  rows.add("runs", runs.empty() ? "none" : runs);
  rows.add("clients", number("clients"));
  return rows.text();
}

}  // namespace vnode
