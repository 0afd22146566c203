#include "apps/vnode/event_reading.h"

#include <array>
#include <span>

#include "apps/vnode/reply_members.h"
#include "apps/vnode/time_text.h"

namespace vnode {
namespace {

constexpr std::array kNodeStatuses = {NodeStatus::kSuccess, NodeStatus::kFailed, NodeStatus::kSkipped,
                                      NodeStatus::kCancelled, NodeStatus::kTimeout};
constexpr std::array kRunStatuses = {RunStatus::kCompleted, RunStatus::kFailed,      RunStatus::kCancelled,
                                     RunStatus::kTimeout,   RunStatus::kInterrupted, RunStatus::kInvalid};
constexpr std::array kLogLevels = {LogLevel::kInfo, LogLevel::kSuccess, LogLevel::kWarning, LogLevel::kError};

/// A view of the member's text: `object` shares it.
std::string_view view(const Value& object, std::string_view key) {
  const Value* value = member(object, key);
  return value && value->is_text() ? value->as_text() : std::string_view();
}

/// The one of `all` that is called `text`; the second argument if there is none.
template <class Word, std::size_t N, class Name>
Word word_of(std::string_view text, Word otherwise, const std::array<Word, N>& all, Name name) {
  for (const Word candidate : all) {
    if (name(candidate) == text) return candidate;
  }
  return otherwise;
}

std::uint64_t count_member(const Value& object, std::string_view key) {
  return static_cast<std::uint64_t>(integer_member(object, key).value_or(0));
}

Duration seconds(const Value& object, std::string_view key) {
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(number_member(object, key).value_or(0)));
}

ExecutionStarted read_start(const Value& object) {
  ExecutionStarted started;
  if (const Value* workflow = member(object, "workflow")) {
    started.path = view(*workflow, "path");
    started.name = view(*workflow, "name");
    started.nodes = count_member(*workflow, "nodes");
    started.connections = count_member(*workflow, "connections");
  }
  started.mode = view(object, "mode") == word(RunMode::kDataFlow) ? RunMode::kDataFlow : RunMode::kFlow;
  started.attempt = static_cast<int>(integer_member(object, "attempt").value_or(1));
  return started;
}

}  // namespace

ReadEvent::ReadEvent(Value object) : object_(std::move(object)) {
  std::optional<EventBody> body = read_body();
  if (!body) return;
  Event event;
  event.seq = count_member(object_, "seq");
  event.time = parse_time(view(object_, "time")).value_or(WallTime());
  event.run_id = view(object_, "run_id");
  event.node = read_node();
  event.body = std::move(*body);
  event_ = std::move(event);
}

std::optional<NodeRef> ReadEvent::read_node() {
  const std::optional<Uuid> id = Uuid::parse(view(object_, "node_id"));
  if (!id) return std::nullopt;
  for (const Value& group : list_member(object_, "path")) {
    if (!group.is_text()) continue;
    if (const std::optional<Uuid> group_id = Uuid::parse(group.as_text())) path_.push_back(*group_id);
  }
  return NodeRef{*id, view(object_, "node_type"), path_};
}

std::optional<EventBody> ReadEvent::read_body() const {
  const std::string_view type = view(object_, "type");
  const auto status_name = [](NodeStatus status) { return word(status); };
  if (type == "execution_started") return read_start(object_);
  if (type == "execution_finished") return read_finish();
  if (type == "node_started") return NodeStarted{.execution = count_member(object_, "execution")};
  if (type == "node_output") return NodeOutput{};
  if (type == "node_log") {
    return NodeLog{word_of(view(object_, "level"), LogLevel::kInfo, kLogLevels, level_name),
                   view(object_, "message"), view(object_, "stream")};
  }
  if (type == "node_error") {
    return NodeError{view(object_, "message"), view(object_, "detail"), view(object_, "code")};
  }
  if (type == "node_progress")
    return NodeProgress{number_member(object_, "fraction"), view(object_, "message")};
  if (type == "node_finished") {
    return NodeFinished{word_of(view(object_, "status"), NodeStatus::kFailed, kNodeStatuses, status_name),
                        seconds(object_, "duration"), view(object_, "cause")};
  }
  if (type == "stream_gap") return StreamGap{count_member(object_, "from"), count_member(object_, "to")};
  return std::nullopt;
}

ExecutionFinished ReadEvent::read_finish() const {
  ExecutionFinished finished;
  const auto status_name = [](RunStatus status) { return word(status); };
  finished.status = word_of(view(object_, "status"), RunStatus::kFailed, kRunStatuses, status_name);
  finished.exit_code = static_cast<int>(integer_member(object_, "exit_code").value_or(0));
  finished.duration = seconds(object_, "duration");
  finished.error = view(object_, "error");
  if (const Value* nodes = member(object_, "nodes")) {
    finished.nodes = {.executed = count_member(*nodes, "executed"),
                      .succeeded = count_member(*nodes, "succeeded"),
                      .failed = count_member(*nodes, "failed"),
                      .skipped = count_member(*nodes, "skipped"),
                      .never_started = count_member(*nodes, "never_started"),
                      .cancelled = count_member(*nodes, "cancelled")};
  }
  return finished;
}

}  // namespace vnode
