#include "events/event_json.h"

#include <charconv>
#include <cmath>

#include "base/utc_time.h"
#include "model/json_writer.h"

#ifndef VNODE_VERSION
#error "VNODE_VERSION comes from the build"
#endif

namespace vnode {
namespace {

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

/// `value` with leading zeros, `width` digits.
void write_padded(char* out, std::uint64_t value, int width) {
  for (int i = width - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

/// Seconds with microseconds, as integers: faster than a float, and never in exponent form.
void append_seconds(std::string& out, Duration duration) {
  const auto count = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  const std::uint64_t micros = count < 0 ? 0 : static_cast<std::uint64_t>(count);
  append_number(out, micros / 1'000'000);
  char fraction[7] = {'.'};
  write_padded(fraction + 1, micros % 1'000'000, 6);
  out.append(fraction, sizeof fraction);
}

void append_uuid(std::string& out, const Uuid& id) {
  char text[Uuid::kTextSize + 2];
  text[0] = text[Uuid::kTextSize + 1] = '"';
  id.write(text + 1);
  out.append(text, sizeof text);
}

/// `,"key":`
void append_key(std::string& out, std::string_view key) {
  out += ",\"";
  out += key;
  out += "\":";
}

void append_text(std::string& out, std::string_view key, std::string_view text) {
  append_key(out, key);
  append_json_text(out, text);
}

void append_text_if(std::string& out, std::string_view key, std::string_view text) {
  if (!text.empty()) append_text(out, key, text);
}

/// For the words of the stream, which need no escapes.
void append_word(std::string& out, std::string_view key, std::string_view text) {
  append_key(out, key);
  out += '"';
  out += text;
  out += '"';
}

void append_count(std::string& out, std::string_view key, std::uint64_t count) {
  append_key(out, key);
  append_number(out, count);
}

void append_path(std::string& out, std::span<const Uuid> path) {
  append_key(out, "path");
  char separator = '[';
  for (const Uuid& group : path) {
    out += separator;
    append_uuid(out, group);
    separator = ',';
  }
  out += ']';
}

void append_iteration(std::string& out, std::span<const std::int64_t> iteration) {
  append_key(out, "iteration");
  char separator = '[';
  for (const std::int64_t index : iteration) {
    out += separator;
    append_number(out, static_cast<std::uint64_t>(index));
    separator = ',';
  }
  out += ']';
}

void append_node(std::string& out, const NodeRef& node) {
  append_key(out, "node_id");
  append_uuid(out, node.instance_id);
  append_text(out, "node_type", node.node_type);
  append_text_if(out, "name", node.name);
  if (!node.path.empty()) append_path(out, node.path);
  if (!node.iteration.empty()) append_iteration(out, node.iteration);
}

void append_problem(std::string& out, const Problem& problem) {
  out += R"({"severity":")";
  out.append(severity_name(problem.severity)).append("\"");
  append_text(out, "code", problem.code);
  append_text(out, "pointer", problem.pointer);
  append_text(out, "message", problem.message);
  append_text_if(out, "hint", problem.hint);
  append_text_if(out, "traceback", problem.traceback);
  append_text_if(out, "node", problem.node);
  if (problem.source.line != 0) {
    append_text_if(out, "file", problem.source.file);
    append_count(out, "line", problem.source.line);
    append_count(out, "column", problem.source.column);
  }
  out += '}';
}

void append_body(std::string& out, const ExecutionStarted& body) {
  append_word(out, "schema", kEventSchema);
  append_word(out, "vnode", VNODE_VERSION);
  out += R"(,"workflow":{"path":)";
  append_json_text(out, body.path);
  append_text(out, "name", body.name);
  append_count(out, "nodes", body.nodes);
  append_count(out, "connections", body.connections);
  out += '}';
  append_word(out, "mode", word(body.mode));
  append_count(out, "attempt", static_cast<std::uint64_t>(body.attempt));
}

void append_body(std::string& out, const ExecutionPaused& body) {
  append_key(out, "processes_stopped");
  out += body.stops_processes ? "true" : "false";
}

void append_body(std::string& out, const ExecutionUnpaused& body) {
  append_key(out, "duration");
  append_seconds(out, body.duration);
}

void append_body(std::string& out, const NodeStarted& body) {
  append_word(out, "reason", word(body.reason));
  append_count(out, "execution", body.execution);
  append_count(out, "try", static_cast<std::uint64_t>(body.attempt));
  if (body.is_resumed) out += R"(,"resumed":true)";
  if (body.is_cached) out += R"(,"cached":true)";
  append_text_if(out, "reason_detail", body.reason_detail);
}

void append_body(std::string& out, const NodeLog& body) {
  append_word(out, "level", level_name(body.level));
  append_text(out, "message", body.message);
  append_text_if(out, "stream", body.stream);
  if (body.is_handled) out += R"(,"handled":true)";
}

void append_body(std::string& out, const NodeError& body) {
  append_text(out, "message", body.message);
  append_text_if(out, "detail", body.detail);
  append_text_if(out, "code", body.code);
  if (body.is_handled) out += R"(,"handled":true)";
}

void append_body(std::string& out, const NodeProgress& body) {
  // A node may report any number; the stream promises 0 to 1, and JSON has no NaN.
  if (body.fraction && !std::isnan(*body.fraction)) {
    append_key(out, "fraction");
    append_json(out, Value(std::fmin(std::fmax(*body.fraction, 0.0), 1.0)));
  }
  append_text_if(out, "message", body.message);
}

void append_body(std::string& out, const NodeWaiting& body) {
  append_word(out, "for", word(body.what));
  append_text_if(out, "detail", body.detail);
  if (!body.time) return;
  append_key(out, "seconds");
  append_seconds(out, *body.time);
}

void append_body(std::string& out, const NodeResumed& body) {
  append_key(out, "waited");
  append_seconds(out, body.waited);
}

void append_body(std::string& out, const NodeFinished& body) {
  append_word(out, "status", word(body.status));
  append_key(out, "duration");
  append_seconds(out, body.duration);
  append_text_if(out, "cause", body.cause);
  if (body.is_handled) out += R"(,"handled":true)";
}

void append_body(std::string& out, const StreamGap& body) {
  append_count(out, "from", body.from);
  append_count(out, "to", body.to);
}

void append_counts(std::string& out, const NodeCounts& counts) {
  out += R"(,"nodes":{"executed":)";
  append_number(out, counts.executed);
  append_count(out, "succeeded", counts.succeeded);
  append_count(out, "failed", counts.failed);
  append_count(out, "cancelled", counts.cancelled);
  append_count(out, "skipped", counts.skipped);
  append_count(out, "never_started", counts.never_started);
  append_count(out, "with_errors", counts.with_errors);
  append_count(out, "handled", counts.handled);
  out += '}';
}

void append_body(std::string& out, const ExecutionFinished& body) {
  append_key(out, "success");
  out += body.success() ? "true" : "false";
  append_word(out, "status", word(body.status));
  if (body.status == RunStatus::kInvalid) {
    append_key(out, "problems");
    out += '[';
    for (const Problem& problem : body.problems) {
      if (&problem != body.problems.data()) out += ',';
      append_problem(out, problem);
    }
    out += ']';
  }
  append_count(out, "exit_code", static_cast<std::uint64_t>(body.exit_code));
  append_key(out, "duration");
  append_seconds(out, body.duration);
  append_counts(out, body.nodes);
  append_text_if(out, "error", body.error);
}

}  // namespace

void EventFormatter::append_line(std::string& out, const Event& event) {
  out += R"({"type":")";
  out += type_name(event.body);
  out += R"(","seq":)";
  append_number(out, event.seq);
  append_time(out, event.time);
  append_text(out, "run_id", event.run_id);
  if (event.node) append_node(out, *event.node);
  std::visit(
      [this, &out](const auto& body) {
        if constexpr (std::is_same_v<std::decay_t<decltype(body)>, NodeOutput>) {
          append_output(out, body);
        } else {
          append_body(out, body);
        }
      },
      event.body);
  out += "}\n";
}

void EventFormatter::append_time(std::string& out, WallTime time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const std::int64_t count = second.time_since_epoch().count();
  if (count != cached_second_) {
    write_second(cached_text_, second);
    cached_second_ = count;
  }
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time - second).count();
  char fraction[] = ".000000Z\"";
  write_padded(fraction + 1, static_cast<std::uint64_t>(micros), 6);
  out += R"(,"time":")";
  out += cached_text_;
  out += fraction;
}

void EventFormatter::append_output(std::string& out, const NodeOutput& output) {
  append_key(out, "output");
  out += '{';
  for (const PortValue& entry : output.output) {
    if (&entry != output.output.data()) out += ',';
    append_json_text(out, entry.port);
    out += ':';
    values_.append(out, entry.value);
  }
  out += '}';
}

}  // namespace vnode
