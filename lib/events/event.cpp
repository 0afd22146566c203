#include "events/event.h"

namespace vnode {

std::string_view word(StartReason reason) {
  switch (reason) {
    case StartReason::kStart:
      return "start";
    case StartReason::kExec:
      return "exec";
    case StartReason::kPull:
      return "pull";
    case StartReason::kInit:
      return "init";
    case StartReason::kLayer:
      return "layer";
  }
  return "start";
}

std::string_view word(NodeStatus status) {
  switch (status) {
    case NodeStatus::kSuccess:
      return "success";
    case NodeStatus::kFailed:
      return "failed";
    case NodeStatus::kSkipped:
      return "skipped";
    case NodeStatus::kCancelled:
      return "cancelled";
    case NodeStatus::kTimeout:
      return "timeout";
    case NodeStatus::kRetried:
      return "retried";
  }
  return "failed";
}

std::string_view word(WaitFor what) {
  switch (what) {
    case WaitFor::kSlot:
      return "slot";
    case WaitFor::kResource:
      return "resource";
    case WaitFor::kRetry:
      return "retry";
  }
  return "slot";
}

std::string_view word(RunMode mode) { return mode == RunMode::kFlow ? "flow" : "data_flow"; }

namespace {

struct TypeName {
  std::string_view operator()(const ExecutionStarted&) const { return "execution_started"; }
  std::string_view operator()(const ExecutionPaused&) const { return "execution_paused"; }
  std::string_view operator()(const ExecutionUnpaused&) const { return "execution_unpaused"; }
  std::string_view operator()(const NodeStarted&) const { return "node_started"; }
  std::string_view operator()(const NodeOutput&) const { return "node_output"; }
  std::string_view operator()(const NodeLog&) const { return "node_log"; }
  std::string_view operator()(const NodeError&) const { return "node_error"; }
  std::string_view operator()(const NodeProgress&) const { return "node_progress"; }
  std::string_view operator()(const NodeWaiting&) const { return "node_waiting"; }
  std::string_view operator()(const NodeResumed&) const { return "node_resumed"; }
  std::string_view operator()(const NodeFinished&) const { return "node_finished"; }
  std::string_view operator()(const StreamGap&) const { return "stream_gap"; }
  std::string_view operator()(const ExecutionFinished&) const { return "execution_finished"; }
};

}  // namespace

std::string_view type_name(const EventBody& body) { return std::visit(TypeName(), body); }

}  // namespace vnode
