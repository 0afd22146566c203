#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/foreign_level.h"
#include "engine/instance.h"
#include "engine/plan.h"
#include "engine/run_state.h"
#include "node/node_context.h"

namespace vnode {

/// Executes one workflow level: that of a run, or that of a group inside it. Holds the instances and the
/// variables.
///
/// The rules are those of lib/engine/rules.md; the code is in files by concern:
///   executor.cpp       preparation, init phase, start nodes, layers, results (rules 1-8)
///   node_runner.cpp    running one node: guard, bypass, pull, execution, failure (rules 10-14, 19, 21)
///   propagation.cpp    pushes, returned values, invalidation (rules 15-18)
///   waiting.cpp        nodes that another chain is executing (rule 11)
///   group_runner.cpp   workflows inside groups (rules 29, 30)
///
/// A `Task<void>` that is empty stands for work that ended at once, without a coroutine.
/// Thread rule: the thread that steps the run.
class Executor {
 public:
  /// `failures_are_handled`: a group around this level has a wire for them (rule 30). `foreign`: the
  /// instances of the level that live in runtimes, made by that plan; null when there are none.
  Executor(RunState& run, std::shared_ptr<const Plan> plan, const GroupPath* path, bool failures_are_handled,
           std::unique_ptr<ForeignLevel> foreign);
  Executor(const Executor&) = delete;
  ~Executor();

  /// Rule 29: gives inner `group_in` nodes their values, before `execute`.
  void inject(const Dict& values);

  /// The whole execution of this level, on `chain`; ends when all its chains have ended.
  Task<void> execute(Chain& chain);

  /// True if an execution failed or was skipped, however it ended later (rule 23).
  bool has_failures() const { return has_failures_; }
  /// One line an error, for a group to forward; at the run's own level only the first.
  const std::vector<std::string>& errors() const { return errors_; }
  NodeCounts count_nodes() const;

  const Value* result(NodeIndex node, std::string_view port) const;
  Dict results(NodeIndex node) const;
  /// Rule 29: what the group's outer side sees of the inner `group_out` nodes.
  std::vector<std::pair<std::string, Value>> group_outputs() const;

  Dict& variables() { return variables_; }
  /// Nothing runs any more: what runtimes still have to say about the level's nodes is too late.
  void detach();

  /// A push outside of any execution of the node, on a chain of its own; the level does not end before.
  void push_late(NodeIndex node, std::string_view port, Value value, std::function<void()> done);

 private:
  friend class Execution;
  friend class ForeignLevel;
  class StartLauncher;
  class Occupation;

  // executor.cpp
  Task<void> execute_nodes(Chain& chain);
  void prepare();
  void prepare_instance(Instance& node);
  std::vector<NodeIndex> start_nodes() const;
  std::vector<std::vector<NodeIndex>> start_layers() const;
  bool is_left_to_start(NodeIndex index) const;
  Task<void> run_all(Chain& chain, std::vector<NodeIndex> nodes, StartReason reason);
  Task<void> start(Chain& chain, NodeIndex index, StartReason reason);

  // node_runner.cpp
  Task<void> run_node(Chain& chain, NodeIndex index, StartReason reason);
  Task<void> run_when_free(Chain& chain, Instance& node, StartReason reason);
  Task<void> run_occupied(Chain& chain, Instance& node, StartReason reason);
  Task<void> run_bypassed(Chain& chain, Instance& node, StartReason reason);
  Task<void> execute_node(Chain& chain, Instance& node, StartReason reason);
  Task<void> pull_source(Chain& chain, const InWire& wire);
  bool has_failed_source(const InWire& wire) const;
  const Instance* failed_layer_source(const Instance& node) const;
  void begin_execution(Instance& node, StartReason reason);
  void synchronise(Instance& node);
  Task<Outputs> compute(Execution& execution);
  Task<Outputs> compute_on_worker(Execution& execution);
  void finish_success(Instance& node, const Outputs& outputs, SteadyTime started);
  void finish(Instance& node, NodeStatus status, SteadyTime started, std::string_view cause = {});
  void report_error(Instance& node, std::string_view message, std::string_view code, std::string_view detail);
  void fail(Instance& node, std::exception_ptr exception, SteadyTime started);
  void skip(Instance& node, const Instance& source);
  void stop_if_fail_fast();
  Task<void> pull_condition(Chain& chain, Instance& node, SlotIndex slot);

  // propagation.cpp
  Task<void> push(Chain& chain, Instance& node, SlotIndex slot, Value value);
  void write(const OutWire& wire, const Value& value);
  Task<void> call_hook(Execution& call, SlotIndex slot, const Value& value);
  Task<void> deliver(Chain& chain, const OutPort& port, const Value& value, bool fires);
  Task<void> deliver_from(Chain& chain, const OutPort& port, Value value, std::uint32_t wire, bool fires);
  Task<void> run_hook(Chain& chain, Instance& target, SlotIndex slot, Value value);
  Task<void> propagate_returned(Chain& chain, Instance& node, Execution& execution, const Outputs& outputs);
  bool needs_propagation(Instance& node, const Execution& execution, const Outputs& outputs) const;
  void invalidate(Instance& target);
  void unmark_above(Instance& node);
  void mark_executed(Instance& node, NodeState state);

  // waiting.cpp
  Task<void> wait_for_node(Chain& chain, Instance& node, SlotIndex port, bool& granted);
  bool closes_circle(const Chain& chain, const Instance& node) const;
  void wake_waiter(Chain& chain);
  template <class Wanted>
  void wake_waiters(Instance& node, Wanted wanted);
  void wake_pulls(Instance& node, SlotIndex port);
  void wake_all_pulls(Instance& node);
  void release(Instance& node);

  // group_runner.cpp
  Task<GroupOutcome> run_group(Chain& chain, Instance& node, Value document, Dict injected);

  void log(Instance& node, LogLevel level, std::string_view message, std::string_view stream = {});
  void emit(Instance& node, EventBody body);
  const PlanData& data() const { return plan_->data(); }
  bool is_wired(const Instance& node, SlotIndex slot) const;
  Instance& instance(NodeIndex index) { return instances_[index]; }
  NodeIndex index_of(const Instance& node) const { return static_cast<NodeIndex>(&node - instances_.data()); }

  RunState& run_;
  std::shared_ptr<const Plan> plan_;
  const GroupPath* path_;
  std::vector<Value> values_;  ///< parameters and results of all instances
  std::vector<Instance> instances_;
  std::unique_ptr<ForeignLevel> foreign_;
  Dict variables_;
  JoinCount late_pushes_;
  bool is_ending_ = false;
  std::vector<NodeIndex> scratch_;  ///< work list of the invalidation; empty between calls
  std::vector<std::string> errors_;
  bool has_failures_ = false;
  const bool failures_are_handled_;
};

}  // namespace vnode
