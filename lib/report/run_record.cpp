#include "report/run_record.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/shown_text.h"
#include "model/members.h"

namespace vnode {
namespace {

constexpr std::size_t kRecordMessage = 4'000;
constexpr std::size_t kRecordDetail = 32'000;
constexpr std::size_t kRecordName = 200;

using EventKind = ReportEvent::Kind;

OutcomeState state_of(std::string_view status, bool is_handled) {
  if (status == "success") return OutcomeState::kSucceeded;
  if (status == "skipped") return OutcomeState::kSkipped;
  if (status == "cancelled") return OutcomeState::kCancelled;
  if (is_handled) return OutcomeState::kHandled;
  // A word of a newer version counts as a failure rather than as none.
  return status == "timeout" ? OutcomeState::kTimedOut : OutcomeState::kFailed;
}

}  // namespace

OutcomeState worse(OutcomeState one, OutcomeState other) {
  constexpr std::array<int, 8> kBadness = {0, 4, 1, 2, 7, 6, 3, 5};  // in the order of the enumeration
  return kBadness[static_cast<std::size_t>(one)] >= kBadness[static_cast<std::size_t>(other)] ? one : other;
}

std::string NodeRecord::label() const {
  std::string text = name.empty() ? type + " " + (needs_whole_id ? id : id.substr(0, 8)) : name;
  if (!iteration.empty()) text += " [item " + iteration + "]";
  return text;
}

void RunRecord::add(const ReportEvent& event) {
  if (event.micros()) last = event.micros();
  if (event.kind() == EventKind::kExecutionStarted) return begin(event);
  if (event.kind() == EventKind::kExecutionFinished) return end(event);
  if (event.node_id().empty() || event.kind() == EventKind::kOther || event.kind() == EventKind::kStreamGap)
    return;
  if (run_id.empty()) run_id = shown_line(event.run_id(), kRecordName);
  NodeRecord& node = record_of(event);
  if (event.kind() == EventKind::kNodeStarted) start(node, event);
  if (event.kind() == EventKind::kNodeError) fail(node, event);
  if (event.kind() == EventKind::kNodeFinished) finish(node, event);
  if (event.kind() == EventKind::kNodeLog) log(node, event);
}

void RunRecord::begin(const ReportEvent& event) {
  const std::uint64_t earlier = run_id.empty() ? 0 : earlier_attempts + 1;
  *this = RunRecord();
  earlier_attempts = earlier;
  run_id = shown_line(event.run_id(), kRecordName);
  started = last = event.micros();
  version = shown_line(text_view(event.object(), "vnode"), kRecordName);
  mode = shown_line(text_view(event.object(), "mode"), kRecordName);
  attempt = integer_member(event.object(), "attempt").value_or(1);
  if (const Value* about = member(event.object(), "workflow")) {
    path = shown_line(text_view(*about, "path"), kRecordMessage);
    workflow = shown_line(text_view(*about, "name"), kRecordName);
  }
  if (workflow.empty()) workflow = path.empty() ? "workflow" : path;
}

void RunRecord::end(const ReportEvent& event) {
  const Value& object = event.object();
  if (run_id.empty()) run_id = shown_line(event.run_id(), kRecordName);
  has_ended = true;
  status = shown_line(text_view(object, "status"), kRecordName);
  if (status.empty()) status = switch_member(object, "success") ? "completed" : "failed";
  error = shown_text(text_view(object, "error"), kRecordMessage);
  exit_code = integer_member(object, "exit_code").value_or(0);
  seconds = number_member(object, "duration").value_or(0);
  if (const Value* counts = member(object, "nodes")) never_started = count_member(*counts, "never_started");
  constexpr std::size_t kMostProblems = 1000;
  for (const Value& problem : list_member(object, "problems")) {
    if (problems.size() == kMostProblems) break;
    problems.push_back({shown_line(text_view(problem, "severity"), kRecordName),
                        shown_text(text_view(problem, "message"), kRecordMessage),
                        shown_line(text_view(problem, "pointer"), kRecordName),
                        shown_text(text_view(problem, "hint"), kRecordMessage),
                        shown_line(text_view(problem, "code"), kRecordName),
                        shown_line(text_view(problem, "file"), kRecordName),
                        static_cast<std::size_t>(count_member(problem, "line"))});
  }
}

NodeRecord& RunRecord::record_of(const ReportEvent& event) {
  key_ = event.address();
  std::string iteration = event.iteration();
  const std::size_t address = key_.size();
  if (!iteration.empty()) key_.append("#").append(iteration);
  const auto [found, is_new] = numbers_.try_emplace(key_, nodes_.size());
  if (is_new) {
    NodeRecord& node = nodes_.emplace_back();
    node.id = shown_line(event.node_id(), kRecordName);
    node.type = shown_line(event.node_type(), kRecordName);
    node.name = shown_line(event.node_name(), kRecordName);
    const std::size_t own = event.node_id().size() + 1;
    node.path =
        address > own ? shown_line(std::string_view(key_).substr(0, address - own), kRecordMessage) : "";
    node.iteration = std::move(iteration);
    note_beginning(nodes_.size() - 1);
  }
  return nodes_[found->second];
}

/// Ids that people have written often begin alike.
void RunRecord::note_beginning(std::size_t number) {
  NodeRecord& node = nodes_[number];
  const auto [found, is_new] = beginnings_.try_emplace(node.id.substr(0, 8), number);
  if (is_new || nodes_[found->second].id == node.id) {
    node.needs_whole_id = nodes_[found->second].needs_whole_id;
    return;
  }
  node.needs_whole_id = nodes_[found->second].needs_whole_id = true;
}

void RunRecord::start(NodeRecord& node, const ReportEvent& event) {
  node.state = OutcomeState::kRunning;
  if (integer_member(event.object(), "try").value_or(1) > 1) {
    ++node.retries;
    return;
  }
  ++node.executions;
  node.message.clear();
  node.detail.clear();
  node.code.clear();
}

void RunRecord::fail(NodeRecord& node, const ReportEvent& event) {
  node.message = shown_text(text_view(event.object(), "message"), kRecordMessage);
  node.detail = shown_text(text_view(event.object(), "detail"), kRecordDetail);
  node.code = shown_line(text_view(event.object(), "code"), kRecordName);
}

void RunRecord::finish(NodeRecord& node, const ReportEvent& event) {
  const Value& object = event.object();
  node.seconds += number_member(object, "duration").value_or(0);
  const std::string_view how = text_view(object, "status");
  if (how == "retried") return;
  node.state = state_of(how, switch_member(object, "handled"));
  if (const std::string_view cause = text_view(object, "cause"); !cause.empty() && node.message.empty()) {
    node.message = shown_text(cause, kRecordMessage);
  }
}

void RunRecord::log(NodeRecord& node, const ReportEvent& event) {
  const std::string_view level = text_view(event.object(), "level");
  if (level == "warning") ++warnings;
  // What a program writes to its standard error is told as a warning; only what a node says is an error.
  if (level != "error" || switch_member(event.object(), "handled")) return;
  if (node.error_logs++ == 0)
    node.first_error_log = shown_text(text_view(event.object(), "message"), kRecordMessage);
}

RunOutcomes RunRecord::outcomes() const {
  RunOutcomes outcomes;
  outcomes.status = status;
  outcomes.seconds = seconds;
  for (const NodeRecord& node : nodes_) {
    NodeOutcome& outcome = outcomes.nodes[node.path.empty() ? node.id : node.path + "/" + node.id];
    const OutcomeState state = node.error_logs > 0 ? worse(node.state, OutcomeState::kFailed) : node.state;
    if (worse(state, outcome.state) != outcome.state) {
      outcome.message = node.has_failed() ? node.failure_message() : node.message;
      outcome.state = state;
    }
    outcome.executions += node.executions;
    outcome.seconds += node.seconds;
  }
  return outcomes;
}

}  // namespace vnode
