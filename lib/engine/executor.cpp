#include "engine/executor.h"

#include <algorithm>

#include "base/at_end.h"

#include "model/workflow.h"

namespace vnode {

Executor::Executor(RunState& run, std::shared_ptr<const Plan> plan, const GroupPath* path,
                   bool failures_are_handled, std::unique_ptr<ForeignLevel> foreign)
    : run_(run),
      plan_(std::move(plan)),
      path_(path),
      foreign_(std::move(foreign)),
      failures_are_handled_(failures_are_handled) {
  prepare();
  if (foreign_) foreign_->attach(*this);
}

Executor::~Executor() = default;

/// Rule 2. All parameters and results stand in one array: an instance only knows where its own begin. Where a
/// runtime holds an instance it has prepared the parameters; here stands what wires bring.
void Executor::prepare() {
  std::size_t slots = 0;
  for (const PlanNode& node : data().nodes) slots += 2 * node.layout->size();
  values_.assign(slots, Value::unset());
  instances_.resize(data().nodes.size());
  Value* next = values_.data();
  for (NodeIndex i = 0; i < instances_.size(); ++i) {
    Instance& node = instances_[i];
    node.plan = &data().nodes[i];
    node.layout = node.plan->layout;
    node.parameters = next;
    node.results = next + node.layout->size();
    next += 2 * node.layout->size();
    if (!node.plan->type->runtime) prepare_instance(node);
  }
}

void Executor::prepare_instance(Instance& node) {
  const Layout& layout = *node.layout;
  std::copy(layout.initial().begin(), layout.initial().end(), node.parameters);
  for (const Dict::Entry& entry : node.plan->instance->parameters) {
    if (!entry.key.is_text() || entry.key.as_text() == kInstanceSettings) continue;
    const SlotIndex slot = layout.find(entry.key.as_text());
    if (slot != kNoSlot) node.parameters[slot] = entry.value;
  }
  for (const InWire& wire : part(data().in_wires, node.plan->in_wires)) {
    const Port* port = layout.input(wire.target_slot);
    node.parameters[wire.target_slot] = port ? port->default_value : Value();
  }
  for (SlotIndex slot : layout.outputs()) node.parameters[slot] = layout.output(slot)->default_value;
}

void Executor::inject(const Dict& values) {
  for (Instance& node : instances_) {
    if (node.node_type() != kGroupIn) continue;
    const SlotIndex name = node.layout->find(kPortName);
    const SlotIndex slot = node.layout->find(kInjectedValue);
    if (name == kNoSlot || slot == kNoSlot || !node.parameters[name].is_text()) continue;
    const std::string_view port = node.parameters[name].as_text();
    if (const Value* value = port.empty() ? nullptr : values.find(port)) node.parameters[slot] = *value;
  }
}

Task<void> Executor::execute(Chain& chain) {
  std::exception_ptr failure;
  try {
    co_await execute_nodes(chain);
  } catch (...) {
    failure = std::current_exception();
  }
  // What code of earlier executions still pushes uses this level: it ends first, and no more begins.
  is_ending_ = true;
  if (late_pushes_.pending > 0) co_await JoinAwaiter{run_.scheduler, chain, late_pushes_};
  if (failure) std::rethrow_exception(failure);
}

Task<void> Executor::execute_nodes(Chain& chain) {
  for (NodeIndex index : data().init_nodes) {  // rule 5
    if (instances_[index].state != NodeState::kExecuted) co_await run_node(chain, index, StartReason::kInit);
  }
  if (run_.options.init_only && !path_) co_return;
  if (data().graph.has_exec_wires()) {
    co_await run_all(chain, start_nodes(), StartReason::kStart);
  } else {
    for (std::vector<NodeIndex>& layer : start_layers()) {
      co_await run_all(chain, std::move(layer), StartReason::kLayer);
    }
  }
}

void Executor::push_late(NodeIndex index, std::string_view port, Value value, std::function<void()> done) {
  Instance& node = instances_[index];
  const SlotIndex slot = node.layout->find(port);
  if (slot == kNoSlot || !node.layout->output(slot) || run_.is_stopped() || is_ending_) return done();
  run_.scheduler.run_new_chain(
      [&](Chain& chain) {
        return [](Executor& self, Chain& chain, Instance& node, SlotIndex slot, Value value,
                  std::function<void()> done) -> Task<void> {
          const AtEnd tell(std::move(done));
          co_await self.push(chain, node, slot, std::move(value));
        }(*this, chain, node, slot, std::move(value), std::move(done));
      },
      &late_pushes_);
}

/// Rule 7.
std::vector<NodeIndex> Executor::start_nodes() const {
  std::vector<NodeIndex> nodes;
  for (NodeIndex i = 0; i < instances_.size(); ++i) {
    const PlanNode& node = *instances_[i].plan;
    if (!node.connected || !is_left_to_start(i)) continue;
    if (!node.has_exec_input || !node.flow_driven) nodes.push_back(i);
  }
  return nodes;
}

/// Rule 8.
std::vector<std::vector<NodeIndex>> Executor::start_layers() const {
  std::vector<std::vector<NodeIndex>> layers = data().layers.layers;
  for (auto& layer : layers) std::erase_if(layer, [this](NodeIndex i) { return !is_left_to_start(i); });
  return layers;
}

/// What the init phase has executed is no start node, even if it is invalidated before its turn would come.
bool Executor::is_left_to_start(NodeIndex index) const {
  const Instance& node = instances_[index];
  return node.plan->instance->init_priority <= 0 && node.state != NodeState::kExecuted;
}

/// Starts a list of nodes, each on a chain of its own, when its turn comes. They stand next to each other in
/// the ready queue, so one entry can stand for all of them, and a million start nodes do not need a million
/// chains at once.
class Executor::StartLauncher final : public Runnable {
 public:
  StartLauncher(Executor& executor, std::vector<NodeIndex> nodes, StartReason reason, JoinCount& join)
      : executor_(executor), nodes_(std::move(nodes)), reason_(reason), join_(join) {
    ++join_.pending;  // held until all are started, so that the join does not end in between
  }
  StartLauncher(StartLauncher&&) = default;  ///< goes on with what is left to start

  void take_turn() override {
    Scheduler& scheduler = executor_.run_.scheduler;
    while (next_ < nodes_.size() && !executor_.run_.is_stopped()) {
      const NodeIndex index = nodes_[next_++];
      scheduler.run_new_chain([&](Chain& chain) { return executor_.start(chain, index, reason_); }, &join_);
      if (!scheduler.is_held()) continue;
      // The others still get their turn before everybody else.
      scheduler.enqueue_first(std::make_unique<StartLauncher>(std::move(*this)));
      return;
    }
    scheduler.leave(join_);
  }

 private:
  Executor& executor_;
  std::vector<NodeIndex> nodes_;
  std::size_t next_ = 0;
  StartReason reason_;
  JoinCount& join_;
};

Task<void> Executor::run_all(Chain& chain, std::vector<NodeIndex> nodes, StartReason reason) {
  if (nodes.empty()) co_return;
  JoinCount join;
  run_.scheduler.enqueue(std::make_unique<StartLauncher>(*this, std::move(nodes), reason, join));
  co_await JoinAwaiter{run_.scheduler, chain, join};
  run_.throw_if_stopped();
}

/// A start node's turn: another chain may have pulled it in the meantime (rule 7).
Task<void> Executor::start(Chain& chain, NodeIndex index, StartReason reason) {
  const Instance& node = instances_[index];
  if (node.state != NodeState::kNotExecuted || node.owner) return {};
  return run_node(chain, index, reason);
}

void Executor::detach() {
  if (foreign_) foreign_->detach();
}

NodeCounts Executor::count_nodes() const {
  NodeCounts counts;
  for (const Instance& node : instances_) {
    if (!node.finished) {
      ++counts.never_started;
    } else if (node.last_status == NodeStatus::kSkipped) {
      ++counts.skipped;
    } else {
      ++counts.executed;
      ++(node.last_status == NodeStatus::kSuccess     ? counts.succeeded
         : node.last_status == NodeStatus::kCancelled ? counts.cancelled
                                                      : counts.failed);
    }
  }
  return counts;
}

const Value* Executor::result(NodeIndex index, std::string_view port) const {
  const Instance& node = instances_[index];
  const SlotIndex slot = node.layout->find(port);
  if (slot != kNoSlot) return node.results[slot].is_unset() ? nullptr : &node.results[slot];
  return node.rare ? node.rare->further_results.find(port) : nullptr;
}

Dict Executor::results(NodeIndex index) const {
  const Instance& node = instances_[index];
  Dict table;
  for (SlotIndex slot = 0; slot < node.layout->size(); ++slot) {
    if (!node.results[slot].is_unset()) table.set(node.layout->name(slot), node.results[slot]);
  }
  if (node.rare) {
    for (const Dict::Entry& entry : node.rare->further_results) table.set(entry.key, entry.value);
  }
  return table;
}

/// By wires of the port's own kind: a data wire from an exec output reads it, but nothing follows from it.
bool Executor::is_wired(const Instance& node, SlotIndex slot) const {
  const OutPort* wires = data().find_out_port(*node.plan, slot);
  const Port* port = node.layout->output(slot);
  return wires && port && !(port->is_exec() ? wires->exec : wires->data).empty();
}

void Executor::log(Instance& node, LogLevel level, std::string_view message, std::string_view stream) {
  emit(node, NodeLog{level, message, stream});
}

void Executor::emit(Instance& node, EventBody body) {
  run_.emitter.emit(node.id(), node.node_type(), path_, std::move(body));
}

}  // namespace vnode
