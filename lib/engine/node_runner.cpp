// Running one node: rules 10 to 14, 19, 21 and 39.
#include <memory>
#include <optional>
#include <utility>

#include "engine/execution.h"
#include "engine/failure_tolerance.h"
#include "engine/level.h"
#include "engine/recording.h"
#include "engine/rehearsal.h"
#include "engine/runtime_level.h"
#include "engine/taking.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

/// What it sets off is a part of it, until it has finished: a timeout of it counts that too.
/// Those of all items are counted together.
void count_execution(Instance& node) {
  if (!node.outer) {
    ++node.executions;
    return;
  }
  count_execution(*node.outer);
  node.executions = node.outer->executions;
}

/// The code of the failure of what must not begin again (journal rule 15).
constexpr std::string_view kNotRepeated = "not_repeated";

void refuse_repetition(const NodeType& type) {
  if (!type.definition.is_never_repeated) return;
  throw NodeFailure(
      "it had begun in an earlier attempt of the run, and its definition says \"repeat\": \"never\"",
      std::string(kNotRepeated));
}

bool holds_others(const NodeType& type) { return type.contents == NodeType::Contents::kLoop; }

}  // namespace

/// Marks a node as executed by a chain from the guard to the end of rules 16 and 17, also when the chain is
/// unwound.
class Level::Occupation {
 public:
  Occupation(Level& level, Chain& chain, Instance& node)
      : level_(level),
        chain_(chain),
        node_(node),
        place_{level.path_, &node, chain.at, chain.suspensions},
        record_around_(std::exchange(chain.record, 0)) {
    node_.owner = &chain;
    chain.at = &place_;
    level_.unmark_above(node_);
  }
  Occupation(const Occupation&) = delete;
  ~Occupation() {
    chain_.at = place_.outer;
    chain_.record = record_around_;
    level_.release(node_);
  }

 private:
  Level& level_;
  Chain& chain_;
  Instance& node_;
  const ChainPlace place_;
  const RecordNumber record_around_;
};

/// Rule 11: what a request to run a node comes to. Pulls of a node that another chain executes do not come
/// here.
Task<void> Level::run_node(Chain& chain, NodeIndex index, StartReason reason) {
  Instance& node = instances_[index];
  if (!node.owner) return run_occupied(chain, node, reason);
  if (chain.is_within(node.owner)) return {};
  return run_when_free(chain, node, reason);
}

Task<void> Level::run_when_free(Chain& chain, Instance& node, StartReason reason) {
  bool granted = false;
  co_await wait_for_node(chain, node, kNoSlot, granted);
  if (granted) co_await run_occupied(chain, node, reason);
}

Task<void> Level::run_occupied(Chain& chain, Instance& node, StartReason reason) {
  Occupation occupation(*this, chain, node);
  run_.check_deadline();
  run_.throw_if_stopped(chain);  // rule 24: nothing new starts
  node.state = NodeState::kNotExecuted;
  node.past_end = false;
  if (node.plan->instance->bypassed) {
    if (run_.is_paused()) co_await wait_at_gate(chain);
    run_.throw_if_stopped(chain);
    co_await run_bypassed(chain, node, reason);
    co_return;
  }
  for (;;) {
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
    if (!run_.is_paused()) break;
    co_await wait_at_gate(chain);
    run_.throw_if_stopped(chain);
    // What was at work meanwhile may have invalidated a source.
  }
  co_await execute_node(chain, node, reason);
}

/// Until the run is not paused any more, or the chain is to end.
Task<void> Level::wait_at_gate(Chain& chain) {
  while (run_.is_paused() && !run_.is_stopped(chain)) {
    const PauseGate::Waiter waiter(run_.gate, chain);
    chain.waits_for = SuspendedFor::kGate;
    co_await ParkAwaiter{run_.scheduler, chain};
    chain.waits_for = SuspendedFor::kCode;
  }
}

/// Data-flow mode skips everything behind a failure, also where the wire ends at a name that the node does
/// not declare and that is therefore not pulled.
const Instance* Level::failed_layer_source(const Instance& node) const {
  if (data().is_flow || run_.options.failed_inputs == FailedInputs::kDefault) return nullptr;
  for (const InWire& wire : part(data().in_wires, node.plan->in_wires)) {
    if (has_failed_source(wire)) return &instances_[wire.source];
  }
  return nullptr;
}

Task<void> Level::run_bypassed(Chain& chain, Instance& node, StartReason reason) {
  const SteadyTime started = run_.services.clock.steady_now();
  node.started = true;
  count_execution(node);
  if (run_.emitter.wants_node_events()) emit(node, NodeStarted{reason, node.executions});
  finish(node, NodeStatus::kSuccess, started);
  if (has_to_settle(chain)) co_await settle_before_firing(chain);
  for (NodeIndex target : part(data().bypass_targets, node.plan->bypass)) {
    co_await run_node(chain, target, StartReason::kExec);
  }
  // Only now, so that pushes of its own branch do not make it run again.
  mark_executed(node, NodeState::kExecuted);
}

/// Rule 12 for one wire. Afterwards the source's state tells what became of it.
Task<void> Level::pull_source(Chain& chain, const InWire& wire) {
  Instance& source = instances_[wire.source];
  if (source.plan->in_frame) return pull_outside(chain, wire);
  if (source.state != NodeState::kNotExecuted) return {};
  if (!source.owner) return run_occupied(chain, source, StartReason::kPull);
  if (chain.is_within(source.owner) || source.past_end) return {};
  if (source.execution && source.execution->last_push(wire.source_slot)) return {};
  return [](Level& self, Chain& chain, Instance& source, SlotIndex port) -> Task<void> {
    bool granted = false;
    co_await self.wait_for_node(chain, source, port, granted);
    // What executed it was cut off by a limit that is none of ours.
    const bool is_cut_off = source.finished && source.last_status == NodeStatus::kCancelled;
    if (is_cut_off && source.state == NodeState::kNotExecuted && !source.owner)
      co_await self.run_occupied(chain, source, StartReason::kPull);
  }(*this, chain, source, wire.source_slot);
}

bool Level::has_failed_source(const InWire& wire) const {
  const NodeState state = instances_[wire.source].state;
  return state == NodeState::kFailed || state == NodeState::kSkipped;
}

/// Rule 27: the data-only sources of one input, outside of the pull phase of a whole node.
Task<void> Level::pull_condition(Chain& chain, Instance& node, SlotIndex slot) {
  for (const InWire& wire : part(data().pulls, node.plan->pulls)) {
    if (wire.target_slot != slot) continue;
    co_await pull_source(chain, wire);
    if (run_.options.failed_inputs == FailedInputs::kSkip && has_failed_source(wire)) {
      throw NodeFailure("the source of '" + std::string(node.layout->name(slot)) +
                            "' failed: " + node_label(*instances_[wire.source].plan->instance),
                        "failed_source");
    }
    const Value& value = instances_[wire.source].results[wire.source_slot];
    if (!value.is_unset()) set_input(node, slot, value);
  }
}

void Level::prepare_execution(Instance& node, bool is_new) {
  node.started = true;
  if (is_new) count_execution(node);
  for (SlotIndex slot : node.layout->exec_outputs()) node.parameters[slot] = Value();
  synchronise(node);
}

/// Rule 14.
void Level::synchronise(Instance& node) {
  for (const InWire& wire : part(data().in_wires, node.plan->in_wires)) {
    const Value& value = instances_[wire.source].results[wire.source_slot];
    if (!value.is_unset()) set_input(node, wire.target_slot, value);
  }
}

/// One execution, which with limits may take several tries (rules 35 to 38), and each of them several
/// beginnings (rule 43).
Task<void> Level::execute_node(Chain& chain, Instance& node, StartReason reason) {
  std::optional<Tries> tries;
  if (node.limits) tries.emplace(run_, chain, *node.limits, holds_others(*node.plan->type));
  const bool had_error_logs = node.has_error_logs;
  bool is_new = true, counts = true, has_begun_before = false;
  for (;;) {
    const bool is_timed =
        run_.emitter.wants_node_events() || (run_.recorder && is_recorded(*node.plan->type));
    const SteadyTime started = is_timed ? run_.services.clock.steady_now() : SteadyTime();
    if (Task<void> read = read_variables_before(node)) co_await std::move(read);
    prepare_execution(node, is_new);
    const std::unique_ptr<ExecutionBegin> beginning = describe_begin(chain, node, reason);
    if (beginning && is_new) ask_resumption(*beginning, begin_of(node, *beginning, 1));
    is_new = false;
    has_begun_before = has_begun_before || (beginning && beginning->taking.has_begun_before);
    TakenExecution* const taken = beginning ? beginning->taking.taken.get() : nullptr;
    if (run_.rehearsal && !taken && (beginning || touches_world(*node.plan->type)))
      co_await wait_for_ever(chain, node, {}, beginning ? std::string_view(beginning->taking.reason) : "");
    if (tries && taken)
      tries->begin_taken(taken->try_number());
    else if (tries)
      tries->begin(counts, beginning ? beginning->taking.used_tries : 0);
    if (run_.emitter.wants_node_events()) {
      const bool is_cached = taken && beginning->taking.is_cached;
      emit(node, NodeStarted{reason, node.executions, tries ? tries->number() : 1, taken && !is_cached,
                             beginning ? std::string_view(beginning->taking.reason) : std::string_view(),
                             is_cached});
    }
    const NodeType& type = *node.plan->type;
    std::vector<Value> snapshot;
    if (!taken && (type.execute || (type.compute && type.blocking))) {
      snapshot.assign(node.parameters, node.parameters + node.layout->size());
    }
    Execution execution(*this, chain, node, snapshot.empty() ? nullptr : snapshot.data(),
                        tries ? &*tries : nullptr);
    node.execution = &execution;
    Outputs outputs;
    std::exception_ptr failure;
    try {
      if (has_begun_before && !taken) execution.set_repeated();
      if (execution.is_repeated()) refuse_repetition(type);
      if (beginning && !taken) co_await record_begin(execution, *beginning, reason);
      if (type.uses_variables && runtime_level_) co_await runtime_level_->read_variables();
      if (node.limits) require_resources(*node.limits);
      if (node.demand && !taken) co_await execution.take_turn(*node.demand);
      if (taken) {
        co_await take_steps(execution, *taken);
        outputs = taken->outputs();
      } else if (type.compute) {
        if (type.blocking && !data().is_flow) {
          outputs = co_await compute_on_worker(execution);
        } else {
          outputs = type.compute(execution);
        }
        execution.end_turn();
        if (type.shape == Shape::kStandard) {
          for (const PortValue& output : outputs) co_await execution.set_output(output.port, output.value);
          co_await execution.fire("exec_out");
        }
      } else if (type.execute) {
        outputs = co_await type.execute(execution);
      } else {
        outputs = co_await runtime_level_->execute(execution);
      }
      if (execution.record()) co_await record_variables(execution);
    } catch (...) {
      failure = std::current_exception();
    }
    execution.end_turn();
    if (execution.has_pushes_beside()) {
      const Pause pause(execution.tries());
      co_await execution.join_pushes_beside();
    }
    if (tries) failure = tries->end(failure);
    node.execution = nullptr;
    if (!failure) {
      if (execution.record()) record_end(execution, outputs, started);
      if (tries) error_logs_.add(tries->error_logs);
      finish_executed(execution, outputs, started, taken);
      if (needs_propagation(node, execution, outputs))
        co_await propagate_returned(chain, node, execution, outputs);
      co_return;
    }
    const std::optional<NodeFailure> described = failure_of(failure);
    const bool is_cut_off = tries && described && described->code() == kHostEndedFailure;
    const bool is_repeated = is_cut_off ? tries->may_go_on(execution.has_pushed())
                                        : tries && described && described->code() != kNotRepeated &&
                                              tries->repeats(*described, execution.has_pushed());
    if (execution.record())
      record_failure(execution, described ? &*described : nullptr, is_repeated, started);
    if (tries && !is_repeated) error_logs_.add(tries->error_logs);
    if (!described) {
      cancel(node, started);
      std::rethrow_exception(failure);
    }
    if (!is_repeated) {
      fail(node, *described, started);
      co_return;
    }
    node.has_error_logs = had_error_logs;
    counts = !is_cut_off;
    tell_repeated(node, *described, started);
    co_await wait_to_repeat(chain, node, counts ? tries->backoff() : Duration::zero());
  }
}

/// Who has checked the workflow before has told of it then; nobody may wait for ever.
void Level::require_resources(const NodeLimits& limits) const {
  if (!limits.has_resources() || run_.resources.is_possible(*limits.resources)) return;
  throw NodeFailure("the run does not have what it needs: " + resource_amounts_text(*limits.resources),
                    "resource");
}

/// What has failed with that counts no more.
void Level::tell_repeated(Instance& node, const NodeFailure& failure, SteadyTime started) {
  emit(node, NodeError{failure.what(), failure.detail(), failure.code(), true});
  if (run_.emitter.wants_node_events())
    emit(node, NodeFinished{NodeStatus::kRetried, run_.services.clock.steady_now() - started});
}

/// Zero: at once, unless the run is paused.
Task<void> Level::wait_to_repeat(Chain& chain, Instance& node, Duration pause) {
  if (pause > Duration::zero()) {
    if (run_.emitter.wants_node_events()) emit(node, NodeWaiting{WaitFor::kRetry, pause});
    chain.waits_for = SuspendedFor::kRetry;
    co_await ParkAwaiter{run_.scheduler, chain, run_.services.clock.steady_now() + pause};
    chain.waits_for = SuspendedFor::kCode;
  }
  if (run_.is_paused()) co_await wait_at_gate(chain);
  if (!run_.is_stopped(chain)) co_return;
  cancel(node, SteadyTime());
  throw Cancelled{};
}

void Level::finish_executed(Execution& execution, const Outputs& outputs, SteadyTime started,
                            const TakenExecution* taken) {
  Instance& node = execution.node();
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
  const bool is_handled = execution.handled_failure() != nullptr;
  finish(node, is_handled ? NodeStatus::kFailed : NodeStatus::kSuccess, started, {}, is_handled,
         taken ? std::optional(taken->duration()) : std::nullopt);
}

void Level::finish(Instance& node, NodeStatus status, SteadyTime started, std::string_view cause,
                   bool is_handled, std::optional<Duration> recorded) {
  node.finished = true;
  node.past_end = true;
  node.last_status = status;
  const bool has_failed = status != NodeStatus::kSuccess && !is_handled;
  if (has_failed) has_failures_ = true;
  if (has_failed && tolerance_ && status != NodeStatus::kCancelled) is_handled = is_failure_handled();
  node.is_handled = is_handled;
  if (run_.emitter.wants_node_events()) {
    Duration duration = recorded.value_or(Duration::zero());
    if (!recorded && started != SteadyTime()) duration = run_.services.clock.steady_now() - started;
    emit(node, NodeFinished{status, duration, cause, is_handled});
  }
  wake_all_pulls(node);
}

void Level::report_error(Instance& node, std::string_view message, std::string_view code,
                         std::string_view detail) {
  // A group forwards all of them; for a whole run the first one is enough, the others are in the stream.
  if (path_ || errors_.empty()) {
    errors_.push_back(node_label(*node.plan->instance) + ": " + std::string(message));
  }
  emit(node, NodeError{message, detail, code, tolerance_ && is_failure_handled()});
}

/// Rule 21: what left the node's code ends this node, and nothing else.
void Level::fail(Instance& node, const NodeFailure& failure, SteadyTime started) {
  mark_executed(node, NodeState::kFailed);
  report_error(node, failure.what(), failure.code(), failure.detail());
  finish(node, failure.is_timeout() ? NodeStatus::kTimeout : NodeStatus::kFailed, started);
  stop_if_fail_fast();
}

/// A stop goes on up the chain.
void Level::cancel(Instance& node, SteadyTime started) {
  // By a limit of something around: for others it has not been executed.
  if (run_.is_stopped()) mark_executed(node, NodeState::kFailed);
  finish(node, NodeStatus::kCancelled, started);
}

/// A failure that a group around handles (rule 30), or a map (rule 45), is none of the run's. What a map is
/// asked counts for its body.
bool Level::is_failure_handled() {
  if (failures_are_handled_ || (tolerance_ && tolerance_->tolerates_failure())) return true;
  return outer_ && outer_->is_failure_handled();
}

void Level::stop_if_fail_fast() {
  if (run_.options.fail_fast && !is_failure_handled()) run_.stop(StopReason::kFailFast);
}

/// Rule 13.
void Level::skip(Instance& node, const Instance& source) {
  mark_executed(node, NodeState::kSkipped);
  const std::string cause =
      (source.state == NodeState::kSkipped ? "source was skipped: " : "source failed: ") +
      node_label(*source.plan->instance);
  finish(node, NodeStatus::kSkipped, SteadyTime(), cause);
}

}  // namespace vnode
