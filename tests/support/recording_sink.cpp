#include "support/recording_sink.h"

#include <algorithm>
#include <variant>

#include "model/value_ops.h"

namespace vnode::test {
namespace {

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

struct Line {
  std::string name;

  std::string operator()(const ExecutionStarted& e) const {
    return "execution_started " + std::string(word(e.mode));
  }
  std::string operator()(const ExecutionPaused& e) const {
    return e.stops_processes ? "paused with processes" : "paused";
  }
  std::string operator()(const ExecutionUnpaused& e) const {
    return "unpaused after " +
           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(e.duration).count());
  }
  std::string operator()(const NodeStarted& e) const {
    return "started " + name + " " + std::string(word(e.reason));
  }
  std::string operator()(const NodeOutput& e) const {
    std::string line = "output " + name;
    for (const PortValue& value : e.output)
      line += " " + std::string(value.port) + "=" + to_repr(value.value);
    return line;
  }
  std::string operator()(const NodeLog& e) const {
    const std::string stream = e.stream.empty() ? "" : std::string(e.stream) + " ";
    return "log " + name + " " + std::string(level_name(e.level)) + " " + stream + quoted(e.message);
  }
  std::string operator()(const NodeError& e) const { return "error " + name + " " + quoted(e.message); }
  std::string operator()(const NodeProgress& e) const {
    const std::string fraction = e.fraction ? to_repr(Value(*e.fraction)) + " " : "";
    return "progress " + name + " " + fraction + quoted(e.message);
  }
  std::string operator()(const NodeWaiting& e) const {
    return "waiting " + name + " " + std::string(word(e.what)) +
           (e.detail.empty() ? "" : " " + quoted(e.detail));
  }
  std::string operator()(const NodeResumed&) const { return "resumed " + name; }
  std::string operator()(const NodeFinished& e) const {
    return "finished " + name + " " + std::string(word(e.status)) +
           (e.cause.empty() ? "" : " " + quoted(e.cause));
  }
  std::string operator()(const StreamGap&) const { return "gap"; }
  std::string operator()(const ExecutionFinished& e) const {
    return "execution_finished " + std::string(word(e.status)) + " " + std::to_string(e.exit_code);
  }
};

}  // namespace

void RecordingSink::on_event(const Event& event) {
  if (const auto* started = std::get_if<NodeStarted>(&event.body)) {
    resumed += started->is_resumed;
    cached += started->is_cached;
  }
  if (event.seq != last_seq + 1) seq_has_gaps = true;
  last_seq = event.seq;
  std::string name;
  if (event.node) {
    for (const Uuid& group : event.node->path) name += namer_(group) + "/";
    name += namer_(event.node->instance_id);
    for (const std::int64_t index : event.node->iteration) name += "[" + std::to_string(index) + "]";
  }
  lines.push_back(std::visit(Line{name}, event.body));
}

std::vector<std::string> RecordingSink::only(std::initializer_list<std::string_view> words) const {
  std::vector<std::string> chosen;
  for (const std::string& line : lines) {
    for (std::string_view word : words) {
      if (line.starts_with(word)) chosen.push_back(line);
    }
  }
  return chosen;
}

bool RecordingSink::has(const std::string& line) const { return count(line) > 0; }

std::size_t RecordingSink::count(const std::string& line) const {
  return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), line));
}

}  // namespace vnode::test
