#include "apps/vnode/show/run_progress.h"

#include <algorithm>

#include "apps/vnode/show/time_left.h"

namespace vnode {
namespace {

bool is_failure(NodeStatus status) { return status == NodeStatus::kFailed || status == NodeStatus::kTimeout; }

bool started_earlier(const RunProgress::Node* a, const RunProgress::Node* b) {
  return a->started_seq < b->started_seq;
}

}  // namespace

/// One group may hold the same ids as another; a collision of hashes would only spoil the view.
std::size_t RunProgress::key_of(const NodeRef& ref) {
  std::size_t key = ref.instance_id.hash();
  for (const Uuid& group : ref.path) key = key * 0x9E3779B97F4A7C15u + group.hash();
  for (const std::int64_t index : ref.iteration)
    key = key * 0x9E3779B97F4A7C15u + static_cast<std::size_t>(index) + 1;
  return key;
}

void RunProgress::forget(const NodeRef& ref) { nodes_.erase(key_of(ref)); }

RunProgress::Node& RunProgress::node_of(const NodeRef& ref) {
  const auto [entry, is_new] = nodes_.try_emplace(key_of(ref));
  Node& node = entry->second;
  if (is_new) {
    node.id = ref.instance_id;
    node.type = ref.node_type;
    node.name = ref.name;
    node.depth = ref.path.size();
    node.item = item_text(ref.iteration);
  }
  return node;
}

void RunProgress::apply(const Event& event) {
  if (const auto* started = std::get_if<ExecutionStarted>(&event.body)) {
    total_ = started->nodes;
    started_at_ = event.time;
  }
  if (!event.node || std::holds_alternative<NodeOutput>(event.body)) return;
  if (const auto* log = std::get_if<NodeLog>(&event.body)) {
    if (log->level != LogLevel::kError || log->is_handled) return;
    Node& node = node_of(*event.node);
    if (node.error_logs++ == 0) node.first_error_log = log->message;
    return;
  }
  Node& node = node_of(*event.node);
  if (std::holds_alternative<NodeStarted>(event.body)) {
    start(node, event);
  } else if (const auto* finished = std::get_if<NodeFinished>(&event.body)) {
    finish(node, event, *finished);
    if (!node.item.empty() && !node.is_running && node.status == NodeStatus::kSuccess && node.error_logs == 0)
      forget(*event.node);
  } else if (const auto* progress = std::get_if<NodeProgress>(&event.body)) {
    node.fraction = progress->fraction;
    node.message = progress->message;
  } else if (const auto* waiting = std::get_if<NodeWaiting>(&event.body)) {
    wait(node, *waiting);
  } else if (std::holds_alternative<NodeResumed>(event.body)) {
    node.waiting.clear();
  } else if (const auto* error = std::get_if<NodeError>(&event.body)) {
    node.error = error->message;
  }
}

void RunProgress::start(Node& node, const Event& event) {
  node.started_seq = event.seq;
  node.started_at = event.time;
  node.fraction.reset();
  node.message.clear();
  node.waiting.clear();
  node.error.clear();
  if (node.is_running) return;
  node.is_running = true;
  node.place = running_.size();
  running_.push_back(&node);
}

void RunProgress::wait(Node& node, const NodeWaiting& waiting) {
  node.waiting = std::string(word(waiting.what));
  if (!waiting.detail.empty()) node.waiting += " (" + std::string(waiting.detail) + ")";
}

void RunProgress::finish(Node& node, const Event& event, const NodeFinished& finished) {
  if (finished.status == NodeStatus::kRetried) {  // only the last try counts
    node.error_logs = 0;
    node.first_error_log.clear();
    return;
  }
  ++executions_;
  node.ended_seq = event.seq;
  node.duration = finished.duration;
  node.waiting.clear();
  if (node.is_running) {
    node.is_running = false;
    running_.back()->place = node.place;
    running_[node.place] = running_.back();
    running_.pop_back();
  }
  const bool is_item = !node.item.empty();
  if (node.depth == 0 && (is_item ? ended_items_.insert(node.id).second : !node.has_ended)) {
    ++ended_;
    if (is_item) in_bodies_.insert(node.id);
  }
  const bool may_be_a_map = node.depth == 0 && !is_item && node.fraction;
  if (may_be_a_map) in_bodies_.clear();
  if (is_failure(node.status) && node.has_ended && !node.is_handled) --failed_;
  if (is_failure(finished.status) && !finished.is_handled) ++failed_;
  node.is_handled = finished.is_handled;
  node.has_ended = true;
  node.status = finished.status;
  if (finished.status == NodeStatus::kSkipped) node.error = finished.cause;
}

std::vector<const RunProgress::Node*> RunProgress::latest_running(std::size_t count) const {
  std::vector<const Node*> latest(std::min(count, running_.size()));
  const auto is_working = [](const Node* node) { return node->waiting.empty(); };
  std::partial_sort_copy(running_.begin(), running_.end(), latest.begin(), latest.end(),
                         [&](const Node* a, const Node* b) {
                           if (is_working(a) != is_working(b)) return is_working(a);
                           return started_earlier(b, a);
                         });
  const auto waiting = std::stable_partition(latest.begin(), latest.end(), is_working);
  std::reverse(latest.begin(), waiting);
  std::reverse(waiting, latest.end());
  return latest;
}

std::vector<const RunProgress::Node*> RunProgress::nodes() const {
  std::vector<const Node*> nodes;
  nodes.reserve(nodes_.size());
  for (const auto& [key, node] : nodes_) nodes.push_back(&node);
  return nodes;
}

double RunProgress::fraction() const {
  if (total_ == 0) return 0;
  double done = static_cast<double>(ended_);
  double least = 1;
  for (const Node* node : running_) {
    if (node->depth > 0 || !node->item.empty() || !node->fraction) continue;
    const double its = std::clamp(*node->fraction, 0.0, 1.0);
    least = std::min(least, its);
    if (!node->has_ended) done += its;
  }
  // Nodes in the body of a map have ended for some items only.
  done -= (1 - least) * static_cast<double>(in_bodies_.size());
  return std::clamp(done / static_cast<double>(total_), 0.0, 1.0);
}

std::optional<double> RunProgress::seconds_left(Duration elapsed) const {
  const auto seconds = [](Duration duration) { return std::chrono::duration<double>(duration).count(); };
  TimeLeft left(seconds(elapsed), fraction());
  const WallTime now = started_at_ + std::chrono::duration_cast<WallTime::duration>(elapsed);
  for (const Node* node : running_) {
    if (node->fraction) left.add_node(seconds(now - node->started_at), *node->fraction);
  }
  return left.seconds();
}

std::vector<const RunProgress::Node*> RunProgress::troubled() const {
  std::vector<const Node*> nodes;
  for (const auto& [key, node] : nodes_) {
    if (node.error_logs > 0 || (node.has_ended && node.status != NodeStatus::kSuccess))
      nodes.push_back(&node);
  }
  std::sort(nodes.begin(), nodes.end(), started_earlier);
  return nodes;
}

std::string node_label(const RunProgress::Node& node) {
  return (node.name.empty() ? short_label(node.type, node.id) : node.name) + node.item;
}

std::string node_label(const NodeRef& node) {
  return (node.name.empty() ? short_label(node.node_type, node.instance_id) : std::string(node.name)) +
         item_text(node.iteration);
}

std::string item_text(std::span<const std::int64_t> iteration) {
  std::string text;
  for (const std::int64_t index : iteration) text += "[" + std::to_string(index) + "]";
  return text;
}

std::string short_label(std::string_view type, const Uuid& id) {
  return std::string(type) + " " + id.text().substr(0, 8);
}

}  // namespace vnode
