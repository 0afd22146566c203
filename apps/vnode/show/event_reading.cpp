#include "apps/vnode/show/event_reading.h"

#include <array>
#include <span>

#include "apps/vnode/terminal/time_text.h"
#include "base/utc_time.h"
#include "model/members.h"

namespace vnode {
namespace {

constexpr std::array kNodeStatuses = {NodeStatus::kSuccess,   NodeStatus::kFailed,  NodeStatus::kSkipped,
                                      NodeStatus::kCancelled, NodeStatus::kTimeout, NodeStatus::kRetried};
constexpr std::array kWaits = {WaitFor::kSlot, WaitFor::kResource, WaitFor::kRetry};
constexpr std::array kLogLevels = {LogLevel::kInfo, LogLevel::kSuccess, LogLevel::kWarning, LogLevel::kError};

/// The one of `all` that is called `text`; the second argument if there is none.
template <class Word, std::size_t N, class Name>
Word word_of(std::string_view text, Word otherwise, const std::array<Word, N>& all, Name name) {
  for (const Word candidate : all) {
    if (name(candidate) == text) return candidate;
  }
  return otherwise;
}

Duration seconds(const Value& object, std::string_view key) {
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(number_member(object, key).value_or(0)));
}

ExecutionStarted read_start(const Value& object) {
  ExecutionStarted started;
  if (const Value* workflow = member(object, "workflow")) {
    started.path = text_view(*workflow, "path");
    started.name = text_view(*workflow, "name");
    started.nodes = count_member(*workflow, "nodes");
    started.connections = count_member(*workflow, "connections");
  }
  started.mode = text_view(object, "mode") == word(RunMode::kDataFlow) ? RunMode::kDataFlow : RunMode::kFlow;
  started.attempt = static_cast<int>(integer_member(object, "attempt").value_or(1));
  return started;
}

}  // namespace

ReadEvent::ReadEvent(Value object) : object_(std::move(object)) {
  std::optional<EventBody> body = read_body();
  if (!body) return;
  Event event;
  event.seq = count_member(object_, "seq");
  event.time = parse_time(text_view(object_, "time")).value_or(WallTime());
  event.run_id = text_view(object_, "run_id");
  event.node = read_node();
  event.body = std::move(*body);
  event_ = std::move(event);
}

std::optional<NodeRef> ReadEvent::read_node() {
  const std::optional<Uuid> id = Uuid::parse(text_view(object_, "node_id"));
  if (!id) return std::nullopt;
  for (const Value& group : list_member(object_, "path")) {
    if (!group.is_text()) continue;
    if (const std::optional<Uuid> group_id = Uuid::parse(group.as_text())) path_.push_back(*group_id);
  }
  for (const Value& index : list_member(object_, "iteration")) {
    if (index.is_int()) iteration_.push_back(index.as_int());
  }
  return NodeRef{*id, text_view(object_, "node_type"), path_, text_view(object_, "name"), iteration_};
}

std::optional<EventBody> ReadEvent::read_body() const {
  const std::string_view type = text_view(object_, "type");
  const auto status_name = [](NodeStatus status) { return word(status); };
  if (type == "execution_started") return read_start(object_);
  if (type == "execution_finished") return read_finish();
  if (type == "node_started")
    return NodeStarted{.execution = count_member(object_, "execution"),
                       .attempt = static_cast<int>(count_member(object_, "try"))};
  if (type == "node_output") return NodeOutput{};
  if (type == "node_log") {
    return NodeLog{word_of(text_view(object_, "level"), LogLevel::kInfo, kLogLevels, level_name),
                   text_view(object_, "message"), text_view(object_, "stream"),
                   switch_member(object_, "handled")};
  }
  if (type == "node_error") {
    return NodeError{text_view(object_, "message"), text_view(object_, "detail"), text_view(object_, "code"),
                     switch_member(object_, "handled")};
  }
  if (type == "node_progress")
    return NodeProgress{number_member(object_, "fraction"), text_view(object_, "message")};
  if (type == "node_waiting") {
    const auto wait_name = [](WaitFor what) { return word(what); };
    NodeWaiting waiting{word_of(text_view(object_, "for"), WaitFor::kSlot, kWaits, wait_name)};
    if (member(object_, "seconds")) waiting.time = seconds(object_, "seconds");
    waiting.detail = text_view(object_, "detail");
    return waiting;
  }
  if (type == "node_resumed") return NodeResumed{seconds(object_, "waited")};
  if (type == "node_finished") {
    return NodeFinished{
        word_of(text_view(object_, "status"), NodeStatus::kFailed, kNodeStatuses, status_name),
        seconds(object_, "duration"), text_view(object_, "cause"), switch_member(object_, "handled")};
  }
  if (type == "execution_paused") return ExecutionPaused{switch_member(object_, "processes_stopped")};
  if (type == "execution_unpaused") return ExecutionUnpaused{seconds(object_, "duration")};
  if (type == "stream_gap") return StreamGap{count_member(object_, "from"), count_member(object_, "to")};
  return std::nullopt;
}

ExecutionFinished ReadEvent::read_finish() const {
  ExecutionFinished finished;
  const RunStatus status = parse_run_status(text_view(object_, "status")).value_or(RunStatus::kFailed);
  finished.status = is_ended(status) ? status : RunStatus::kFailed;
  finished.exit_code = static_cast<int>(integer_member(object_, "exit_code").value_or(0));
  finished.duration = seconds(object_, "duration");
  finished.error = text_view(object_, "error");
  if (const Value* nodes = member(object_, "nodes")) {
    finished.nodes = {.executed = count_member(*nodes, "executed"),
                      .succeeded = count_member(*nodes, "succeeded"),
                      .failed = count_member(*nodes, "failed"),
                      .skipped = count_member(*nodes, "skipped"),
                      .never_started = count_member(*nodes, "never_started"),
                      .cancelled = count_member(*nodes, "cancelled"),
                      .with_errors = count_member(*nodes, "with_errors"),
                      .handled = count_member(*nodes, "handled")};
  }
  return finished;
}

}  // namespace vnode
