#include "events/run_tally.h"

namespace vnode {

void RunTally::apply(const Event& event) {
  if (const auto* started = std::get_if<ExecutionStarted>(&event.body)) {
    nodes_ = started->nodes;
    ended_.clear();
    failed_.clear();
    return;
  }
  const auto* finished = std::get_if<NodeFinished>(&event.body);
  if (!finished || !event.node || !event.node->path.empty()) return;
  if (finished->status == NodeStatus::kRetried) return;
  const Uuid& node = event.node->instance_id;
  ended_.insert(node);
  const bool has_failed = finished->status == NodeStatus::kFailed || finished->status == NodeStatus::kTimeout;
  if (has_failed && !finished->is_handled) {
    failed_.insert(node);
  } else if (!failed_.empty() && event.node->iteration.empty()) {
    failed_.erase(node);
  }
}

}  // namespace vnode
