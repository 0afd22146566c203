// Running one node: rules 10 to 14, 19 and 21.
#include "engine/execution.h"
#include "engine/executor.h"
#include "engine/foreign_level.h"
#include "model/value_ops.h"

namespace vnode {

/// Marks a node as executed by a chain from the guard to the end of rules 16 and 17, also when the chain is
/// unwound.
class Executor::Occupation {
 public:
  Occupation(Executor& executor, Chain& chain, Instance& node) : executor_(executor), node_(node) {
    node_.owner = &chain;
    executor_.unmark_above(node_);
  }
  Occupation(const Occupation&) = delete;
  ~Occupation() { executor_.release(node_); }

 private:
  Executor& executor_;
  Instance& node_;
};

/// Rule 11: what a request to run a node comes to. Pulls of a node that another chain executes do not come
/// here.
Task<void> Executor::run_node(Chain& chain, NodeIndex index, StartReason reason) {
  Instance& node = instances_[index];
  if (!node.owner) return run_occupied(chain, node, reason);
  if (chain.is_within(node.owner)) return {};
  return run_when_free(chain, node, reason);
}

Task<void> Executor::run_when_free(Chain& chain, Instance& node, StartReason reason) {
  bool granted = false;
  co_await wait_for_node(chain, node, kNoSlot, granted);
  if (granted) co_await run_occupied(chain, node, reason);
}

Task<void> Executor::run_occupied(Chain& chain, Instance& node, StartReason reason) {
  Occupation occupation(*this, chain, node);
  run_.check_deadline();
  run_.throw_if_stopped();  // rule 24: nothing new starts
  node.state = NodeState::kNotExecuted;
  node.past_end = false;
  if (node.plan->instance->bypassed) {
    co_await run_bypassed(chain, node, reason);
    co_return;
  }
  for (const InWire& wire : part(data().pulls, node.plan->pulls)) {
    co_await pull_source(chain, wire);
    if (run_.options.failed_inputs == FailedInputs::kSkip && has_failed_source(wire)) {
      skip(node, instances_[wire.source]);
      co_return;
    }
  }
  if (const Instance* source = failed_layer_source(node)) {
    skip(node, *source);
    co_return;
  }
  co_await execute_node(chain, node, reason);
}

/// Data-flow mode skips everything behind a failure, also where the wire ends at a name that the node does
/// not declare and that is therefore not pulled.
const Instance* Executor::failed_layer_source(const Instance& node) const {
  if (data().graph.has_exec_wires() || run_.options.failed_inputs == FailedInputs::kDefault) return nullptr;
  for (const InWire& wire : part(data().in_wires, node.plan->in_wires)) {
    if (has_failed_source(wire)) return &instances_[wire.source];
  }
  return nullptr;
}

Task<void> Executor::run_bypassed(Chain& chain, Instance& node, StartReason reason) {
  const SteadyTime started = run_.services.clock.steady_now();
  node.started = true;
  ++node.executions;
  if (run_.emitter.wants_node_events()) emit(node, NodeStarted{reason, node.executions});
  finish(node, NodeStatus::kSuccess, started);
  for (NodeIndex target : part(data().bypass_targets, node.plan->bypass)) {
    co_await run_node(chain, target, StartReason::kExec);
  }
  // Only now, so that pushes of its own branch do not make it run again.
  mark_executed(node, NodeState::kExecuted);
}

/// Rule 12 for one wire. Afterwards the source's state tells what became of it.
Task<void> Executor::pull_source(Chain& chain, const InWire& wire) {
  Instance& source = instances_[wire.source];
  if (source.state != NodeState::kNotExecuted) return {};
  if (!source.owner) return run_occupied(chain, source, StartReason::kPull);
  if (chain.is_within(source.owner) || source.past_end) return {};
  if (source.execution && source.execution->last_push(wire.source_slot)) return {};
  return [](Executor& self, Chain& chain, Instance& source, SlotIndex port) -> Task<void> {
    bool granted = false;
    co_await self.wait_for_node(chain, source, port, granted);
  }(*this, chain, source, wire.source_slot);
}

bool Executor::has_failed_source(const InWire& wire) const {
  const NodeState state = instances_[wire.source].state;
  return state == NodeState::kFailed || state == NodeState::kSkipped;
}

/// Rule 27: the data-only sources of one input, outside of the pull phase of a whole node.
Task<void> Executor::pull_condition(Chain& chain, Instance& node, SlotIndex slot) {
  for (const InWire& wire : part(data().pulls, node.plan->pulls)) {
    if (wire.target_slot != slot) continue;
    co_await pull_source(chain, wire);
    if (run_.options.failed_inputs == FailedInputs::kSkip && has_failed_source(wire)) {
      throw NodeFailure("the source of '" + std::string(node.layout->name(slot)) +
                            "' failed: " + node_label(*instances_[wire.source].plan->instance),
                        "failed_source");
    }
    const Value& value = instances_[wire.source].results[wire.source_slot];
    if (!value.is_unset()) node.parameters[slot] = value;
  }
}

void Executor::begin_execution(Instance& node, StartReason reason) {
  node.started = true;
  ++node.executions;
  if (run_.emitter.wants_node_events()) emit(node, NodeStarted{reason, node.executions});
  for (SlotIndex slot : node.layout->exec_outputs()) node.parameters[slot] = Value();
  synchronise(node);
}

/// Rule 14.
void Executor::synchronise(Instance& node) {
  for (const InWire& wire : part(data().in_wires, node.plan->in_wires)) {
    const Value& value = instances_[wire.source].results[wire.source_slot];
    if (!value.is_unset()) node.parameters[wire.target_slot] = value;
  }
}

Task<void> Executor::execute_node(Chain& chain, Instance& node, StartReason reason) {
  const SteadyTime started =
      run_.emitter.wants_node_events() ? run_.services.clock.steady_now() : SteadyTime();
  begin_execution(node, reason);
  const NodeType& type = *node.plan->type;
  std::vector<Value> snapshot;
  if (type.execute || (type.compute && type.blocking)) {
    snapshot.assign(node.parameters, node.parameters + node.layout->size());
  }
  Execution execution(*this, chain, node, snapshot.empty() ? nullptr : snapshot.data());
  node.execution = &execution;
  Outputs outputs;
  std::exception_ptr failure;
  try {
    if (type.uses_variables && foreign_) co_await foreign_->read_variables();
    if (type.compute) {
      if (type.blocking && !data().graph.has_exec_wires()) {
        outputs = co_await compute_on_worker(execution);
      } else {
        outputs = type.compute(execution);
      }
      if (type.shape == Shape::kStandard) {
        for (const PortValue& output : outputs) co_await execution.set_output(output.port, output.value);
        co_await execution.fire("exec_out");
      }
    } else if (type.execute) {
      outputs = co_await type.execute(execution);
    } else {
      outputs = co_await foreign_->execute(execution);
    }
  } catch (...) {
    failure = std::current_exception();
  }
  if (execution.has_pushes_beside()) co_await execution.join_pushes_beside();
  node.execution = nullptr;
  if (failure) {
    fail(node, failure, started);
    co_return;
  }
  finish_success(node, outputs, started);
  if (needs_propagation(node, execution, outputs))
    co_await propagate_returned(chain, node, execution, outputs);
}

namespace {

/// What a computation on a worker thread sees: its own copy of the inputs; reports are kept until it is back.
class DetachedCall final : public NodeCall {
 public:
  struct Report {
    LogLevel level;
    std::string message;
    std::string_view stream;
  };

  DetachedCall(const Layout& layout, std::vector<Value> inputs, std::vector<bool> wired,
               std::shared_ptr<const std::atomic<StopReason>> stop)
      : layout_(layout), inputs_(std::move(inputs)), wired_(std::move(wired)), stop_(std::move(stop)) {}

  const Value& input(std::string_view port) const override {
    static const Value none_value;
    const SlotIndex slot = layout_.find(port);
    return slot == kNoSlot || inputs_[slot].is_unset() ? none_value : inputs_[slot];
  }
  bool has_input(std::string_view port) const override {
    const SlotIndex slot = layout_.find(port);
    return slot != kNoSlot && !inputs_[slot].is_unset();
  }
  bool is_output_wired(std::string_view port) const override {
    const SlotIndex slot = layout_.find(port);
    return slot != kNoSlot && wired_[slot];
  }
  void log(LogLevel level, std::string message) override {
    reports.push_back({level, std::move(message), {}});
  }
  void print(std::string text) override { reports.push_back({LogLevel::kInfo, std::move(text), "stdout"}); }
  void report_progress(double, std::string) override {}
  bool is_stopped() const override { return stop_->load(std::memory_order_relaxed) != StopReason::kNone; }
  Dict& variables() override { throw std::logic_error("a blocking node has no variables"); }
  std::uint64_t random_bits() override { throw std::logic_error("a blocking node has no random numbers"); }

  std::vector<Report> reports;
  Outputs outputs;

 private:
  const Layout& layout_;
  std::vector<Value> inputs_;
  std::vector<bool> wired_;
  std::shared_ptr<const std::atomic<StopReason>> stop_;
};

}  // namespace

/// Rule 8: blocking nodes of a layer use all cores.
Task<Outputs> Executor::compute_on_worker(Execution& execution) {
  Instance& node = execution.node();
  const Layout& layout = *node.layout;
  std::vector<bool> wired(layout.size());
  for (const OutPort& port : part(data().out_ports, node.plan->out_ports))
    wired[port.slot] = is_wired(node, port.slot);
  // The job may outlive the run when that is stopped: the plan keeps the layout and the type alive.
  auto call = std::make_shared<DetachedCall>(
      layout, std::vector<Value>(node.parameters, node.parameters + layout.size()), std::move(wired),
      run_.stop_flag());
  std::exception_ptr failure;
  std::function<void()> work = [call, plan = plan_, &type = *node.plan->type] {
    if (!call->is_stopped()) call->outputs = type.compute(*call);  // rule 24: nothing new starts
  };
  try {
    co_await execution.run_blocking(std::move(work));
  } catch (...) {
    failure = std::current_exception();
  }
  if (!run_.is_stopped()) {
    for (const DetachedCall::Report& report : call->reports)
      log(node, report.level, report.message, report.stream);
  }
  if (failure) std::rethrow_exception(failure);
  co_return std::move(call->outputs);
}

void Executor::finish_success(Instance& node, const Outputs& outputs, SteadyTime started) {
  mark_executed(node, NodeState::kExecuted);
  for (const PortValue& output : outputs) {
    const SlotIndex slot = node.layout->find(output.port);
    if (slot != kNoSlot) {
      node.results[slot] = output.value;
    } else {
      node.rare_state().further_results.set(output.port, output.value);
    }
  }
  if (run_.emitter.wants_node_events()) {
    emit(node, NodeOutput{std::span<const PortValue>(outputs.begin(), outputs.size())});
  }
  finish(node, NodeStatus::kSuccess, started);
}

void Executor::finish(Instance& node, NodeStatus status, SteadyTime started, std::string_view cause) {
  node.finished = true;
  node.past_end = true;
  node.last_status = status;
  if (status != NodeStatus::kSuccess) has_failures_ = true;
  if (run_.emitter.wants_node_events()) {
    const Duration duration =
        started == SteadyTime() ? Duration::zero() : run_.services.clock.steady_now() - started;
    emit(node, NodeFinished{status, duration, cause});
  }
  wake_all_pulls(node);
}

void Executor::report_error(Instance& node, std::string_view message, std::string_view code,
                            std::string_view detail) {
  // A group forwards all of them; for a whole run the first one is enough, the others are in the stream.
  if (path_ || errors_.empty()) {
    errors_.push_back(node_label(*node.plan->instance) + ": " + std::string(message));
  }
  emit(node, NodeError{message, detail, code});
}

/// Rule 21: what left the node's code ends this node, and nothing else; a stop goes on up the chain.
void Executor::fail(Instance& node, std::exception_ptr exception, SteadyTime started) {
  mark_executed(node, NodeState::kFailed);
  try {
    std::rethrow_exception(exception);
  } catch (const Cancelled&) {
    finish(node, NodeStatus::kCancelled, started);
    throw;
  } catch (const NodeFailure& failure) {
    report_error(node, failure.what(), failure.code(), failure.detail());
  } catch (const std::bad_alloc&) {
    report_error(node, "out of memory", "out_of_memory", {});
  } catch (const std::exception& error) {
    report_error(node, error.what(), "node_failed", {});
  } catch (...) {
    report_error(node, "the node threw something that is not an exception", "node_failed", {});
  }
  finish(node, NodeStatus::kFailed, started);
  stop_if_fail_fast();
}

/// A failure that a group around handles (rule 30) is none of the run's.
void Executor::stop_if_fail_fast() {
  if (run_.options.fail_fast && !failures_are_handled_) run_.stop(StopReason::kFailFast);
}

/// Rule 13.
void Executor::skip(Instance& node, const Instance& source) {
  mark_executed(node, NodeState::kSkipped);
  const std::string cause =
      (source.state == NodeState::kSkipped ? "source was skipped: " : "source failed: ") +
      node_label(*source.plan->instance);
  finish(node, NodeStatus::kSkipped, SteadyTime(), cause);
}

}  // namespace vnode
