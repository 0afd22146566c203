// Pushes, returned values and invalidation: rules 15 to 18.
#include <algorithm>

#include "engine/execution.h"
#include "engine/level.h"
#include "engine/rehearsal.h"
#include "engine/runtime_level.h"
#include "engine/taking.h"
#include "model/value_ops.h"

namespace vnode {

/// Rule 15. The coroutine-free part; what has to be awaited, if anything, comes back as the task.
Task<void> Level::push(Chain& chain, Instance& node, SlotIndex slot, Value value) {
  run_.throw_if_stopped(chain);
  node.parameters[slot] = value;
  node.results[slot] = value;
  if (node.execution) node.execution->record_push(slot, value);
  if (run_.emitter.wants_node_events()) {
    const PortValue output{node.layout->name(slot), value};
    emit(node, NodeOutput{std::span<const PortValue>(&output, 1)});
  }
  if (node.execution) wake_pulls(node, slot);  // not for what a hook pushes before the execution has begun
  const OutPort* port = data().find_out_port(*node.plan, slot);
  if (!port) return {};
  const bool fires = !port->exec.empty() && node.layout->output(slot)->is_exec() && truthy(value);
  return deliver(chain, *port, value, fires);
}

void Level::write(const OutWire& wire, const Value& value) {
  Instance& target = instances_[wire.target];
  set_input(target, wire.target_slot, value);
  const Value& set = target.parameters[wire.target_slot];
  target.results[wire.target_slot] = set;
  if (wire.in_runtime) runtime_level_->deliver(target, target.layout->name(wire.target_slot), set);
  invalidate(target);
}

/// What a wire brings; of a port that names files as this machine calls it (rule 39).
void Level::set_input(Instance& target, SlotIndex slot, const Value& value) const {
  target.parameters[slot] = value;
  if (!run_.options.path_map) return;
  const Port* port = target.layout->input(slot);
  if (!port || !port->names_file()) return;
  if (std::optional<Value> mapped = run_.options.path_map->map(value, PathMap::From::kWire))
    target.parameters[slot] = std::move(*mapped);
}

/// Writes the value into the targets until one has to be awaited; the rest is then a coroutine.
Task<void> Level::deliver(Chain& chain, const OutPort& port, const Value& value, bool fires) {
  for (std::uint32_t i = port.data.begin; i < port.data.end; ++i) {
    const OutWire& wire = data().out_wires[i];
    if (wire.notifies) return deliver_from(chain, port, value, i, fires);
    write(wire, value);
  }
  if (!fires) return {};
  return deliver_from(chain, port, value, port.data.end, fires);
}

Task<void> Level::deliver_from(Chain& chain, const OutPort& port, Value value, std::uint32_t first,
                               bool fires) {
  for (std::uint32_t i = first; i < port.data.end; ++i) {
    const OutWire& wire = data().out_wires[i];
    write(wire, value);
    Instance& target = instances_[wire.target];
    if (wire.notifies)
      co_await run_hook(chain, target, wire.target_slot, target.parameters[wire.target_slot]);
  }
  if (!fires) co_return;
  for (std::uint32_t i = port.exec.begin; i < port.exec.end; ++i) {
    if (has_to_settle(chain)) co_await settle_before_firing(chain);
    co_await run_node(chain, data().exec_targets[i], StartReason::kExec);
    run_.throw_if_stopped(chain);
  }
}

Task<void> Level::call_hook(Execution& call, SlotIndex slot, const Value& value) {
  Instance& node = call.node();
  const std::string_view port = node.layout->name(slot);
  if (runtime_level_ && runtime_level_->holds(index_of(node))) return runtime_level_->call_hook(call, port);
  const NodeType& type = *node.plan->type;
  if (!runtime_level_ || !type.uses_variables) return type.on_parameter_changed(call, port, value);
  return [](RuntimeLevel& runtime_level, Execution& call, std::string_view port,
            const Value& value) -> Task<void> {
    co_await runtime_level.read_variables();
    co_await call.node().plan->type->on_parameter_changed(call, port, value);
  }(*runtime_level_, call, port, value);
}

namespace {

/// Rule 42, for hooks.
bool is_cut_off(const std::exception_ptr& failure) {
  if (!failure) return false;
  const std::optional<NodeFailure> described = failure_of(failure);
  return described && described->code() == kHostEndedFailure;
}

}  // namespace

/// A hook that is running up the own chain is not entered again: rings of reactive nodes end there.
Task<void> Level::run_hook(Chain& chain, Instance& target, SlotIndex slot, Value value) {
  auto& running = target.rare_state().hook_chains;
  if (std::any_of(running.begin(), running.end(), [&chain](Chain* other) { return chain.is_within(other); }))
    co_return;
  running.push_back(&chain);
  std::exception_ptr failure;
  for (bool is_done = false; !is_done;) {
    failure = nullptr;
    Execution call(*this, chain, target, nullptr);
    const RecordNumber around = std::exchange(chain.record, 0);
    try {
      const std::unique_ptr<TakenExecution> taken = run_.recorder ? record_hook(call, slot) : nullptr;
      if (run_.rehearsal && !taken && touches_world(*target.plan->type))
        co_await wait_for_ever(chain, target, target.layout->name(slot), {});
      Task<void> work = taken ? take_steps(call, *taken) : call_hook(call, slot, value);
      co_await std::move(work);
    } catch (...) {
      failure = std::current_exception();
    }
    chain.record = around;
    if (call.has_pushes_beside()) co_await call.join_pushes_beside();
    if (call.record()) co_await record_hook_end(call, failure);
    is_done = !is_cut_off(failure) || call.has_pushed() || run_.is_stopped(chain);
  }
  auto& finished = target.rare_state().hook_chains;
  finished.erase(std::find(finished.begin(), finished.end(), &chain));
  if (!failure) co_return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    // Rule 15: the target's error, not the pusher's; the run does not succeed over it.
    has_failures_ = true;
    if (tolerance_) is_failure_handled();
    const auto* described = dynamic_cast<const NodeFailure*>(&error);
    report_error(target, error.what(), "hook_failed", described ? std::string_view(described->detail()) : "");
    stop_if_fail_fast();
  }
}

/// True when rule 16 or 17 has something to do; most nodes have pushed all that they return.
bool Level::needs_propagation(Instance& node, const Execution& execution, const Outputs& outputs) const {
  for (const PortValue& output : outputs) {
    const SlotIndex slot = node.layout->find(output.port);
    if (slot == kNoSlot || !node.layout->output(slot) || !data().find_out_port(*node.plan, slot)) continue;
    if (node.layout->output(slot)->is_exec()) {
      if (truthy(output.value) && !execution.has_fired(slot)) return true;
    } else {
      const Value* pushed = execution.last_push(slot);
      if (!pushed || !same(*pushed, output.value)) return true;
    }
  }
  return false;
}

Task<void> Level::propagate_returned(Chain& chain, Instance& node, Execution& execution,
                                     const Outputs& outputs) {
  struct Step {
    const OutPort* port;
    Value value;
    bool fires;
  };
  std::vector<Step> data_steps, exec_steps;
  for (SlotIndex slot : node.layout->outputs()) {  // port order, whatever the order of the table
    const OutPort* port = data().find_out_port(*node.plan, slot);
    if (!port) continue;
    const bool is_exec = node.layout->output(slot)->is_exec();
    for (const PortValue& output : outputs) {
      if (output.port != node.layout->name(slot)) continue;
      const Value* pushed = execution.last_push(slot);
      if (is_exec && truthy(output.value) && !execution.has_fired(slot)) {
        exec_steps.push_back({port, output.value, true});
      } else if (!is_exec && (!pushed || !same(*pushed, output.value))) {
        data_steps.push_back({port, output.value, false});
      }
    }
  }
  for (const Step& step : data_steps) co_await deliver(chain, *step.port, step.value, false);
  for (const Step& step : exec_steps) {
    for (std::uint32_t i = step.port->exec.begin; i < step.port->exec.end; ++i) {
      if (has_to_settle(chain)) co_await settle_before_firing(chain);
      co_await run_node(chain, data().exec_targets[i], StartReason::kExec);
      run_.throw_if_stopped(chain);
    }
  }
}

/// Rule 18. The walk goes down the data wires through data-only nodes; a node that is not executed ends it,
/// unless it is executing now. `invalidated_below` remembers that a walk from a node would find nothing:
/// without that, each push on a long chain of nodes that are pulling each other would walk the whole chain.
/// Where a node has the mark, so have all that a walk from it reaches; `unmark_above` takes it off when a
/// node below is executed, or is being executed.
void Level::invalidate(Instance& target) {
  auto is_end = [](const Instance& node) {
    return node.plan->flow_driven || node.invalidated_below ||
           (node.state == NodeState::kNotExecuted && !node.owner);
  };
  if (is_end(target)) return;
  auto& work = scratch_;
  work.push_back(index_of(target));
  while (!work.empty()) {
    Instance& node = instances_[work.back()];
    work.pop_back();
    if (is_end(node)) continue;
    node.state = NodeState::kNotExecuted;
    node.invalidated_below = true;
    for (const OutPort& port : part(data().out_ports, node.plan->out_ports)) {
      for (const OutWire& wire : part(data().out_wires, port.data)) work.push_back(wire.target);
    }
  }
}

void Level::unmark_above(Instance& node) {
  if (node.plan->flow_driven) return;
  auto& work = scratch_;
  auto unmark = [&](Instance& marked) {
    marked.invalidated_below = false;
    for (const InWire& wire : part(data().in_wires, marked.plan->in_wires)) {
      if (instances_[wire.source].invalidated_below) work.push_back(wire.source);
    }
  };
  unmark(node);
  while (!work.empty()) {
    Instance& above = instances_[work.back()];
    work.pop_back();
    if (above.invalidated_below) unmark(above);
  }
}

void Level::mark_executed(Instance& node, NodeState state) {
  node.state = state;
  unmark_above(node);
}

}  // namespace vnode
