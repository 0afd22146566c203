#include "events/run_tally.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vnode {
namespace {

constexpr int kWhole = 1000;

/// Seconds that a node at work still needs if it goes on as it has; 0 where it has told nothing.
double seconds_needed(const RunTally::Underway& node, WallTime now) {
  if (node.permille <= 0) return 0;
  const double seconds = std::chrono::duration<double>(now - node.started_at).count();
  return std::max(0.0, seconds) * (kWhole - node.permille) / node.permille;
}

}  // namespace

double RunTally::Counts::fraction() const {
  if (nodes == 0) return 0;
  const double done = static_cast<double>(ended) + static_cast<double>(permille_underway) / kWhole;
  return std::clamp(done / static_cast<double>(nodes), 0.0, 1.0);
}

void RunTally::begin(std::size_t nodes) {
  nodes_ = nodes;
  ended_.clear();
  failed_.clear();
  in_bodies_.clear();
  underway_.clear();
}

void RunTally::apply(const Event& event) {
  if (const auto* started = std::get_if<ExecutionStarted>(&event.body)) return begin(started->nodes);
  if (!event.node || !event.node->path.empty()) return;
  const Uuid& node = event.node->instance_id;
  const bool is_item = !event.node->iteration.empty();
  if (const auto* finished = std::get_if<NodeFinished>(&event.body))
    return note_end(node, *finished, is_item);
  if (is_item) return;
  if (std::holds_alternative<NodeStarted>(event.body)) {
    note_start(node, event.time);
  } else if (const auto* progress = std::get_if<NodeProgress>(&event.body); progress && progress->fraction) {
    const auto found = underway_.find(node);
    if (found == underway_.end()) return;
    now_ = event.time;
    const double fraction = std::clamp(*progress->fraction, 0.0, 1.0);
    found->second.permille = std::max(static_cast<int>(std::lround(fraction * kWhole)), fraction > 0 ? 1 : 0);
  }
}

void RunTally::note_start(const Uuid& node, WallTime now) {
  if (spare_ && !underway_.contains(node)) {
    spare_.key() = node;
    spare_.mapped() = {now, 0};
    underway_.insert(std::move(spare_));
  } else {
    underway_.insert_or_assign(node, Underway{now, 0});
  }
}

void RunTally::note_end(const Uuid& node, const NodeFinished& finished, bool is_item) {
  if (!is_item) {
    const auto found = underway_.find(node);
    const bool may_be_a_map = found != underway_.end() && found->second.permille > 0;
    if (may_be_a_map) in_bodies_.clear();
    if (found != underway_.end()) spare_ = underway_.extract(found);
  }
  if (finished.status == NodeStatus::kRetried) return;
  if (ended_.insert(node).second && is_item) in_bodies_.insert(node);
  const bool has_failed = finished.status == NodeStatus::kFailed || finished.status == NodeStatus::kTimeout;
  if (has_failed && !finished.is_handled) {
    failed_.insert(node);
  } else if (!failed_.empty() && !is_item) {
    failed_.erase(node);
  }
}

RunTally::Counts RunTally::counts() const {
  Counts counts{.nodes = nodes_, .ended = ended_.size(), .failed = failed_.size()};
  int least = kWhole;
  for (const auto& [id, node] : underway_) {
    if (node.permille == 0) continue;
    least = std::min(least, node.permille);
    // Of one that is executed again it is known already.
    if (!ended_.contains(id)) counts.permille_underway += node.permille;
    if (!counts.slowest || seconds_needed(node, now_) > seconds_needed(*counts.slowest, now_))
      counts.slowest = node;
  }
  counts.permille_underway -= (kWhole - least) * static_cast<int>(in_bodies_.size());
  return counts;
}

}  // namespace vnode
