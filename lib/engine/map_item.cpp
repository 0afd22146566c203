// The body of a map for one item, as a level of its own: rules 44 to 46.
#include <algorithm>

#include "base/at_end.h"
#include "engine/level.h"
#include "engine/runtime_level.h"

namespace vnode {
namespace {

/// Which of the ways in which a node ended in several items counts for the run: the worst.
int rank(const Instance& node) {
  switch (node.last_status) {
    case NodeStatus::kSuccess:
      return 0;
    case NodeStatus::kCancelled:
      return 2;
    case NodeStatus::kSkipped:
      return node.is_handled ? 1 : 3;
    default:
      return node.is_handled ? 1 : 4;
  }
}

}  // namespace

/// As if it had just been made, for the next item.
void Level::prepare_item() {
  errors_.clear();
  error_logs_ = {};
  has_failures_ = false;
  is_ending_ = false;
  const PlanFrame& frame = *data().frame;
  for (NodeIndex i = 0; i < frame.map; ++i) take_template(instances_[i]);
  for (const auto& [node, slot] : frame.inputs) take_from_outside(node, slot);
}

/// What stands in the level around it is what the file says, and what wires from outside have brought since.
void Level::take_template(Instance& node) {
  node.rare.reset();
  node.executions = 0;
  node.state = NodeState::kNotExecuted;
  node.invalidated_below = node.started = node.past_end = node.finished = false;
  node.has_error_logs = node.is_handled = false;
  const Layout& layout = *node.layout;
  std::fill(node.results, node.results + layout.size(), Value::unset());
  const Instance& outer = *node.outer;
  if (outer.layout == &layout) {
    std::copy(outer.parameters, outer.parameters + layout.size(), node.parameters);
    return;
  }
  for (SlotIndex slot = 0; slot < layout.size(); ++slot) {
    const SlotIndex at = outer.layout->find(layout.name(slot));
    node.parameters[slot] = at == kNoSlot ? Value::unset() : outer.parameters[at];
  }
}

void Level::take_from_outside(NodeIndex index, SlotIndex slot) {
  const Instance& outer = in_outer(index);
  instances_[index].state = outer.state;
  instances_[index].results[slot] = outer.results[slot];
}

/// Rule 12 for a source that is not part of the body.
Task<void> Level::pull_outside(Chain& chain, const InWire& wire) {
  const InWire outside{data().frame->outer_nodes[wire.source], wire.source_slot, wire.target_slot};
  Task<void> pull = outer_->pull_source(chain, outside);
  if (!pull) {
    take_from_outside(wire.source, wire.source_slot);
    return {};
  }
  return [](Level& self, Task<void> pull, NodeIndex source, SlotIndex slot) -> Task<void> {
    co_await std::move(pull);
    self.take_from_outside(source, slot);
  }(*this, std::move(pull), wire.source, wire.source_slot);
}

/// The whole body for one item; ends when all that it has set off has ended.
Task<void> Level::execute_item(Chain& chain, Value item, std::int64_t index) {
  std::exception_ptr failure;
  try {
    co_await run_item(chain, std::move(item), index);
  } catch (...) {
    failure = std::current_exception();
  }
  is_ending_ = true;
  if (late_pushes_.pending > 0) co_await JoinAwaiter{run_.scheduler, chain, late_pushes_};
  if (failure) std::rethrow_exception(failure);
}

Task<void> Level::run_item(Chain& chain, Value item, std::int64_t index) {
  const PlanFrame& frame = *data().frame;
  Instance& map = instances_[frame.map];
  const ChainPlace place{path_, &map, chain.at, chain.suspensions};
  chain.at = &place;
  const AtEnd leave([&chain, outer = chain.at->outer] { chain.at = outer; });
  co_await push(chain, map, frame.current_item, std::move(item));
  co_await push(chain, map, frame.current_index, Value(index));
  co_await push(chain, map, frame.each_item, Value(true));
  for (const InWire& wire : part(data().pulls, map.plan->pulls)) co_await pull_source(chain, wire);
}

/// What the body gives: of several wires the last one that brings something (rule 14).
Value Level::item_result() const {
  Value result;
  const Instance& map = instances_[data().frame->map];
  for (const InWire& wire : part(data().in_wires, map.plan->in_wires)) {
    const Instance& source = instances_[wire.source];
    const Value& value = source.results[wire.source_slot];
    if (!value.is_unset()) result = value;
  }
  return result;
}

/// Rule 33, and the counts of the run: what is known of the body's nodes stands in the level around it.
void Level::give_templates() {
  for (NodeIndex i = 0; i < data().frame->map; ++i) {
    Instance& node = instances_[i];
    Instance& outer = *node.outer;
    outer.started |= node.started;
    outer.has_error_logs |= node.has_error_logs;
    if (!node.finished) continue;
    if (!outer.finished || rank(node) >= rank(outer)) {
      outer.last_status = node.last_status;
      outer.is_handled = node.is_handled;
    }
    outer.finished = true;
    for (SlotIndex slot = 0; slot < node.layout->size(); ++slot) {
      if (node.results[slot].is_unset()) continue;
      const SlotIndex at = outer.layout == node.layout ? slot : outer.layout->find(node.layout->name(slot));
      if (at != kNoSlot) outer.results[at] = std::move(node.results[slot]);
    }
    if (node.rare && node.rare->further_results.size() > 0)
      outer.rare_state().further_results = node.rare->further_results;
  }
}

}  // namespace vnode
