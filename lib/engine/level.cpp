#include "engine/level.h"

#include <algorithm>

#include "base/at_end.h"
#include "engine/effective_limits.h"
#include "engine/execution.h"
#include "engine/recording.h"
#include "model/workflow.h"

namespace vnode {

Level::Level(RunState& run, std::shared_ptr<const Plan> plan, const LevelContext& context,
             std::unique_ptr<RuntimeLevel> runtime_level)
    : run_(run),
      plan_(std::move(plan)),
      path_(context.path),
      runtime_level_(std::move(runtime_level)),
      variables_(context.tolerance ? &context.outer->variables() : &own_variables_),
      outer_(context.outer),
      group_(context.node),
      failures_are_handled_(context.failures_are_handled),
      tolerance_(context.tolerance),
      host_(context.host),
      reports_error_logs_(context.reports_error_logs) {
  prepare();
  if (runtime_level_) runtime_level_->attach(*this);
}

Level::~Level() = default;

/// Rule 2. All parameters and results stand in one array: an instance only knows where its own begin. Where a
/// runtime holds an instance it has prepared the parameters; here stands what wires bring.
void Level::prepare() {
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
    if (is_item_level()) node.outer = &in_outer(i);
    if (node.plan->in_frame) continue;
    if (!path_) node.executions = run_.options.repeated.executions_before;
    limit_instance(node);
    if (is_item_level()) continue;
    const NodeRuntime* runtime = node.plan->type->runtime.get();
    if (!runtime || !runtime->holds_parameters()) prepare_instance(node);
  }
  if (is_item_level()) prepare_item();
}

/// What holds for the instance (rules 35 to 38, 40), where something does.
void Level::limit_instance(Instance& node) {
  const PlanNode& plan = *node.plan;
  const NodeType& type = *plan.type;
  NodeLimits limits = effective_limits(plan.limits ? *plan.limits : NodeLimits(), type, run_.options);
  // What a runtime executes takes its turns by itself.
  if (!type.runtime) {
    ResourceDemand demand{.slot = type.compute && type.blocking && !data().is_flow};
    if (limits.has_resources()) demand.amounts = *limits.resources;
    if (demand.is_any()) node.demand = &demands_.emplace_back(std::move(demand));
  }
  if (limits.is_any() || limits.is_idempotent.value_or(false)) {
    node.limits = &limits_.emplace_back(std::move(limits));
  } else if (type.runtime) {
    node.limits = &no_limits_;  // it may be cut off (rule 43)
  }
}

void Level::prepare_instance(Instance& node) {
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
  if (run_.options.path_map) map_paths(node);
  for (SlotIndex slot : layout.outputs()) node.parameters[slot] = layout.output(slot)->default_value;
}

/// Rule 39, of what the file and the definition say.
void Level::map_paths(Instance& node) const {
  for (const SlotIndex slot : node.layout->inputs()) {
    if (!node.layout->input(slot)->names_file()) continue;
    Value& value = node.parameters[slot];
    if (std::optional<Value> mapped = run_.options.path_map->map(value, PathMap::From::kOutside))
      value = std::move(*mapped);
  }
}

void Level::inject(const Dict& values) {
  for (Instance& node : instances_) {
    if (node.node_type() != kGroupIn) continue;
    const SlotIndex name = node.layout->find(kPortName);
    const SlotIndex slot = node.layout->find(kInjectedValue);
    if (name == kNoSlot || slot == kNoSlot || !node.parameters[name].is_text()) continue;
    const std::string_view port = node.parameters[name].as_text();
    if (const Value* value = port.empty() ? nullptr : values.find(port)) node.parameters[slot] = *value;
  }
}

Task<void> Level::execute(Chain& chain) {
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

void Level::tell_remarks() {
  for (const PlanRemark& remark : data().remarks) {
    if (!run_.is_new_remark(remark.message)) continue;
    run_.emitter.emit(node_ref(data().nodes[remark.node]), path_,
                      NodeLog{LogLevel::kWarning, remark.message});
  }
}

Task<void> Level::execute_nodes(Chain& chain) {
  tell_remarks();
  for (NodeIndex index : data().init_nodes) {  // rule 5
    const Instance& node = instances_[index];
    // A data-only node that is executed already has been pulled; exec wires do not spare a node its turn.
    const bool was_pulled = node.state == NodeState::kExecuted && !node.plan->flow_driven;
    if (!was_pulled) co_await run_node(chain, index, StartReason::kInit);
  }
  if (run_.options.init_only && !path_) co_return;
  if (data().is_flow) {
    co_await run_all(chain, start_nodes(), StartReason::kStart);
    const std::vector<NodeIndex>& last = data().cut.last_targets;  // rule 48
    if (!last.empty()) co_await run_all(chain, last, StartReason::kStart);
  } else {
    for (std::vector<NodeIndex>& layer : start_layers()) {
      co_await run_all(chain, std::move(layer), StartReason::kLayer);
    }
  }
}

void Level::push_late(NodeIndex index, std::string_view port, Value value, std::function<void()> done) {
  Instance& node = instances_[index];
  const SlotIndex slot = node.layout->find(port);
  if (slot == kNoSlot || !node.layout->output(slot) || run_.is_stopped() || is_ending_) return done();
  if (run_.recorder && is_recorded(*node.plan->type)) run_.recorder->push_late(place_of(node), port, value);
  run_.scheduler.run_new_chain(
      [&](Chain& chain) {
        return [](Level& self, Chain& chain, Instance& node, SlotIndex slot, Value value,
                  std::function<void()> done) -> Task<void> {
          const AtEnd tell(std::move(done));
          co_await self.push(chain, node, slot, std::move(value));
        }(*this, chain, node, slot, std::move(value), std::move(done));
      },
      &late_pushes_);
}

/// Rule 7.
std::vector<NodeIndex> Level::start_nodes() const {
  std::vector<NodeIndex> nodes;
  for (NodeIndex i = 0; i < instances_.size(); ++i) {
    if (starts_flow(*instances_[i].plan) && is_left_to_start(i)) nodes.push_back(i);
  }
  return nodes;
}

/// Rule 8.
std::vector<std::vector<NodeIndex>> Level::start_layers() const {
  std::vector<std::vector<NodeIndex>> layers = data().layers.layers;
  for (auto& layer : layers) std::erase_if(layer, [this](NodeIndex i) { return !is_left_to_start(i); });
  return layers;
}

/// What the init phase has executed is no start node, even if it is invalidated before its turn would come.
bool Level::is_left_to_start(NodeIndex index) const {
  const Instance& node = instances_[index];
  if (node.plan->in_map_body) return false;
  return node.plan->instance->init_priority <= 0 && node.state != NodeState::kExecuted;
}

/// Starts a list of nodes, each on a chain of its own, when its turn comes. They stand next to each other in
/// the ready queue, so one entry can stand for all of them, and a million start nodes do not need a million
/// chains at once.
class Level::StartLauncher final : public Runnable {
 public:
  StartLauncher(Level& level, CancelScope* scope, std::vector<NodeIndex> nodes, StartReason reason,
                JoinCount& join)
      : level_(level), scope_(scope), nodes_(std::move(nodes)), reason_(reason), join_(join) {
    ++join_.pending;  // held until all are started, so that the join does not end in between
  }
  StartLauncher(StartLauncher&&) = default;  ///< goes on with what is left to start

  void take_turn() override {
    Scheduler& scheduler = level_.run_.scheduler;
    while (next_ < nodes_.size() && !level_.run_.is_stopped() && !(scope_ && scope_->is_cancelled())) {
      if (level_.run_.is_paused())
        return level_.run_.gate.add(std::make_unique<StartLauncher>(std::move(*this)));
      const NodeIndex index = nodes_[next_++];
      const auto start = [&](Chain& chain) {
        chain.scope = scope_;
        return level_.start(chain, index, reason_);
      };
      scheduler.run_new_chain(start, &join_);
      if (!scheduler.is_held()) continue;
      // The others still get their turn before everybody else.
      scheduler.enqueue_first(std::make_unique<StartLauncher>(std::move(*this)));
      return;
    }
    scheduler.leave(join_);
  }

 private:
  Level& level_;
  CancelScope* scope_;
  std::vector<NodeIndex> nodes_;
  std::size_t next_ = 0;
  StartReason reason_;
  JoinCount& join_;
};

Task<void> Level::run_all(Chain& chain, std::vector<NodeIndex> nodes, StartReason reason) {
  if (nodes.empty()) co_return;
  JoinCount join;
  run_.scheduler.enqueue(std::make_unique<StartLauncher>(*this, chain.scope, std::move(nodes), reason, join));
  co_await JoinAwaiter{run_.scheduler, chain, join};
  run_.throw_if_stopped(chain);
}

/// A start node's turn: another chain may have pulled it in the meantime (rule 7).
Task<void> Level::start(Chain& chain, NodeIndex index, StartReason reason) {
  const Instance& node = instances_[index];
  if (node.state != NodeState::kNotExecuted || node.owner) return {};
  return run_node(chain, index, reason);
}

void Level::detach() {
  if (runtime_level_) runtime_level_->detach();
}

NodeCounts Level::count_nodes() const {
  NodeCounts counts;
  for (const Instance& node : instances_) {
    if (node.has_error_logs) ++counts.with_errors;
    if (!node.finished) {
      ++counts.never_started;
    } else if (node.last_status == NodeStatus::kSkipped) {
      ++counts.skipped;
    } else {
      ++counts.executed;
      ++(node.last_status == NodeStatus::kSuccess     ? counts.succeeded
         : node.last_status == NodeStatus::kCancelled ? counts.cancelled
         : node.is_handled                            ? counts.handled
                                                      : counts.failed);
    }
  }
  return counts;
}

const Value* Level::result(NodeIndex index, std::string_view port) const {
  const Instance& node = instances_[index];
  const SlotIndex slot = node.layout->find(port);
  if (slot != kNoSlot) return node.results[slot].is_unset() ? nullptr : &node.results[slot];
  return node.rare ? node.rare->further_results.find(port) : nullptr;
}

Dict Level::results(NodeIndex index) const {
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
bool Level::is_wired(const Instance& node, SlotIndex slot) const {
  const OutPort* wires = data().find_out_port(*node.plan, slot);
  const Port* port = node.layout->output(slot);
  return wires && port && !(port->is_exec() ? wires->exec : wires->data).empty();
}

void Level::log(Instance& node, LogLevel level, std::string_view message, std::string_view stream) {
  const bool is_error = level == LogLevel::kError;
  const bool is_handled = is_error && reports_error_logs(node);
  if (node.execution && node.execution->tries()) node.execution->tries()->touch();
  if (node.execution && node.execution->record())
    run_.recorder->log(node.execution->record(), level, message, stream);
  else if (node.rare && node.rare->hook_record != 0)
    run_.recorder->log(node.rare->hook_record, level, message, stream);
  if (is_error) node.has_error_logs = true;
  if (is_error && !is_handled) count_error_log(node, message);
  emit(node, NodeLog{level, message, stream, is_handled});
}

/// Where nobody handles the failure, the node is about to fail over it.
void Level::forward_error(Instance& node, std::string_view message) {
  const SlotIndex exec_fail = node.layout->find(kExecFail);
  const bool is_handled = exec_fail != kNoSlot && is_wired(node, exec_fail);
  emit(node, NodeLog{.level = LogLevel::kError, .message = message, .is_handled = is_handled});
}

/// Rule 22: the nearest that says it counts, the instance itself first.
bool Level::reports_error_logs(const Instance& node) const {
  return node.plan->reports_error_logs.value_or(reports_error_logs_);
}

bool Level::has_error_logs() const {
  return std::any_of(instances_.begin(), instances_.end(),
                     [](const Instance& node) { return node.has_error_logs; });
}

/// Rule 22.
void Level::count_error_log(const Instance& node, std::string_view message) {
  ErrorLogs& logs = error_logs_of(node);
  if (logs.count++ == 0) {
    logs.first = node_label(*node.plan->instance) + ": " + std::string(message);
  }
}

/// Where they are counted: only those of the last try count in the end (rule 37).
ErrorLogs& Level::error_logs_of(const Instance& node) {
  Tries* tries = node.execution ? node.execution->tries() : nullptr;
  return tries ? tries->error_logs : error_logs_;
}

/// Rule 36, outwards: of the node, and of the groups that it is in.
void Level::touch(Instance& node) {
  if (node.execution && node.execution->tries()) node.execution->tries()->touch();
  if (outer_) outer_->touch(*group_);
}

void Level::emit(Instance& node, EventBody body) {
  if (outer_) outer_->touch(*group_);
  run_.emitter.emit(node_ref(*node.plan), path_, std::move(body));
}

}  // namespace vnode
