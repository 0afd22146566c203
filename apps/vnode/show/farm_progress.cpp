#include "apps/vnode/show/farm_progress.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace vnode {
namespace {

/// What a run that has not ended shows at most.
constexpr double kNearlyAll = 0.999;

/// "12 of 200, 1 failed": 200; 0 when it says nothing such.
std::size_t items_in(std::string_view message) {
  constexpr std::string_view kOf = " of ";
  const std::size_t of = message.find(kOf);
  if (of == message.npos || of == 0 || message.find_first_not_of("0123456789") != of) return 0;
  const std::string_view rest = message.substr(of + kOf.size());
  std::size_t items = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), items);
  return items;
}

}  // namespace

void FarmProgress::apply(const Event& event) {
  if (const auto* started = std::get_if<ExecutionStarted>(&event.body)) total_ = started->nodes;
  if (const auto* finished = std::get_if<ExecutionFinished>(&event.body)) {
    if (finished->success()) shown_ = 1;
    return;
  }
  // What is in groups is theirs; what is executed for an item of a map counts as the item.
  if (!event.node || !event.node->path.empty()) return;
  if (const auto* finished = std::get_if<NodeFinished>(&event.body)) {
    if (finished->status == NodeStatus::kRetried) return;
    ended_.insert(event.node->instance_id);
    const auto node = running_.find(event.node->instance_id);
    if (node != running_.end()) node->second.done = static_cast<double>(node->second.items);
    update();
  } else if (event.node->iteration.empty()) {
    if (const auto* output = std::get_if<NodeOutput>(&event.body)) apply_output(event, *output);
    if (const auto* progress = std::get_if<NodeProgress>(&event.body)) apply_progress(event, *progress);
  }
}

/// A loop tells first how many items there are, then at which one it is.
void FarmProgress::apply_output(const Event& event, const NodeOutput& output) {
  for (const PortValue& port : output.output) {
    const bool is_list = port.port == "indices" && port.value.is_list();
    if (is_list) running_[event.node->instance_id].items = port.value.as_list().size();
    if (port.port != "current_index" || !port.value.is_int()) continue;
    const auto node = running_.find(event.node->instance_id);
    if (node != running_.end()) node->second.done = static_cast<double>(port.value.as_int());
  }
  update();
}

void FarmProgress::apply_progress(const Event& event, const NodeProgress& progress) {
  if (!progress.fraction) return;
  Node& node = running_[event.node->instance_id];
  if (const std::size_t items = items_in(progress.message)) node.items = items;
  node.done = *progress.fraction * static_cast<double>(std::max<std::size_t>(node.items, 1));
  update();
}

void FarmProgress::update() {
  double all = static_cast<double>(total_);
  double done = static_cast<double>(ended_.size());
  for (const auto& [id, node] : running_) {
    all += static_cast<double>(node.items);
    // Of a node without items: its own one is done when it has ended.
    if (node.items > 0 || !ended_.contains(id)) done += node.done;
  }
  if (all > 0) shown_ = std::max(shown_, std::min(done / all, kNearlyAll));
}

}  // namespace vnode
