#include "support/sample_events.h"

#include <array>
#include <limits>

namespace vnode::test {
namespace {

const Uuid kNode = *Uuid::parse("1B4E28BA-2FA1-11D2-883F-B9A761BDE3FB");
const std::array kPath = {*Uuid::parse("00000000-0000-0000-0000-000000000001"),
                          *Uuid::parse("00000000-0000-0000-0000-000000000002")};

}  // namespace

Event sample_event(EventBody body) {
  constexpr std::chrono::microseconds kTime{1'767'323'045'678'901};
  return {7, WallTime(kTime), "run-1", std::nullopt, std::move(body)};
}

Event sample_node_event(EventBody body, std::span<const Uuid> path) {
  Event event = sample_event(std::move(body));
  event.node = NodeRef{kNode, "For Each", path};
  return event;
}

void for_each_sample_event(const std::function<void(const Event&)>& use) {
  use(sample_event(ExecutionStarted{"a/b.json", "b", 4, 3, RunMode::kDataFlow, 1}));
  use(sample_node_event(NodeStarted{StartReason::kPull, 2, 1}));
  use(sample_node_event(NodeStarted{StartReason::kLayer, 1, 1}, kPath));
  const std::array output = {
      PortValue{"text", Value("line\n\"quoted\" \x01 \xF0\x9F\x8E\xAC \xFF")},
      PortValue{"numbers", Value::list({Value(1), Value(1.0), Value(true), Value(),
                                        Value(std::numeric_limits<double>::quiet_NaN()),
                                        Value(-std::numeric_limits<double>::infinity())})},
      PortValue{"dict", Value(Dict{{"$truncated", Value(true)}, {"b", Value::empty_list()}})},
      PortValue{"long", Value(std::string(100'000, 'x'))}};
  use(sample_node_event(NodeOutput{output}));
  use(sample_node_event(NodeOutput{}));
  use(sample_node_event(NodeLog{LogLevel::kWarning, "careful", "stderr"}));
  use(sample_node_event(NodeLog{LogLevel::kSuccess, ""}));
  use(sample_node_event(NodeError{"broken", "Traceback\n  line 1", "value_error"}));
  use(sample_node_event(NodeError{"broken"}));
  use(sample_node_event(NodeError{"broken", "", "exit_code", true}));
  use(sample_node_event(NodeProgress{0.25, "a quarter"}));
  use(sample_node_event(NodeProgress{std::numeric_limits<double>::quiet_NaN()}));
  use(sample_node_event(NodeProgress{7.0}));
  use(sample_node_event(NodeWaiting{WaitFor::kSlot}));
  use(sample_node_event(NodeWaiting{WaitFor::kResource, {}, "license: needs 1, 0 of 1 free"}));
  use(sample_node_event(NodeResumed{std::chrono::milliseconds(1500)}));
  use(sample_node_event(NodeWaiting{WaitFor::kRetry, std::chrono::seconds(5)}));
  use(sample_node_event(
      NodeFinished{NodeStatus::kSkipped, std::chrono::microseconds(1'500'007), "its source failed"}));
  use(sample_node_event(NodeFinished{NodeStatus::kSuccess, Duration(0)}));
  use(sample_node_event(NodeFinished{NodeStatus::kFailed, Duration(0), "", true}));
  use(sample_event(ExecutionPaused{true}));
  use(sample_event(ExecutionUnpaused{std::chrono::milliseconds(1500)}));
  use(sample_event(StreamGap{3, 9}));
  use(sample_event(
      ExecutionFinished{RunStatus::kFailed, 1, std::chrono::seconds(2), {3, 2, 1, 1, 0}, {}, "why"}));
  const std::array problems = {Problem{Severity::kError, "unknown_node", "/nodes/0/node_id",
                                       "no node type 'x'", "did you mean 'y'?", "x (id)"},
                               Problem{Severity::kWarning, "encoding", "", "read as Windows-1252"}};
  use(sample_event(ExecutionFinished{RunStatus::kInvalid, 3, {}, {}, problems, "the workflow is not valid"}));
}

}  // namespace vnode::test
