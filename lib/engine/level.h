#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/error_logs.h"
#include "engine/instance.h"
#include "engine/plan.h"
#include "engine/recorder.h"
#include "engine/run_state.h"
#include "engine/runtime_level.h"
#include "node/node_context.h"

namespace vnode {

class FailureTolerance;
class Level;
class MapRun;
class TakenExecution;
class Tries;
struct ExecutionBegin;

/// What a group, or a map, says to the level inside it; to the run's own level nothing is said.
struct LevelContext {
  const LevelPath* path = nullptr;
  bool failures_are_handled = false;  ///< a wire of the group leads to what deals with them (rule 30)
  bool reports_error_logs = false;    ///< of nodes that do not say it themselves (rule 22)
  Level* outer = nullptr;             ///< what happens inside is a sign of life there, of that node (rule 36)
  Instance* node = nullptr;
  FailureTolerance* tolerance = nullptr;  ///< of the map, for one body; null: it is none
  int host = 0;  ///< which of the run's processes, of each runtime, have its nodes (rule 46)
};

/// Executes one workflow level: that of a run, that of a group inside it, or that of one item of a map (rule
/// 44). Holds the instances and the variables.
///
/// The rules are those of lib/engine/rules.md; the code is in files by concern:
/// - level.cpp: preparation, init phase, start nodes, layers, results (rules 1 to 8)
/// - node_runner.cpp: running one node: guard, bypass, pull, execution, failure (10 to 14, 19, 21), pauses
/// (41)
/// - worker_call.cpp: on another thread (8)
/// - map_item.cpp: the body of a map, for one item (44 to 46)
/// - propagation.cpp: pushes, returned values, invalidation (15 to 18)
/// - waiting.cpp: nodes that another chain is executing (11)
/// - recording.cpp: what the journal is told (journal rules 1 to 4)
/// - rehearsal.cpp: where a rehearsal ends (journal rule 16)
/// - taking.cpp: what is taken from the journal of an earlier run (journal rules 11 to 13)
/// - group_runner.cpp: workflows inside groups (29, 30)
///
/// A `Task<void>` that is empty stands for work that ended at once, without a coroutine.
/// Thread rule: the thread that steps the run.
class Level {
 public:
  /// `runtime_level`: the instances of the level that live in runtimes, made by that plan; null when there
  /// are none.
  Level(RunState& run, std::shared_ptr<const Plan> plan, const LevelContext& context,
        std::unique_ptr<RuntimeLevel> runtime_level);
  Level(const Level&) = delete;
  ~Level();

  /// Rule 29: gives inner `group_in` nodes their values, before `execute`.
  void inject(const Dict& values);

  /// The whole execution of this level, on `chain`; ends when all its chains have ended.
  Task<void> execute(Chain& chain);

  /// True if an execution failed or was skipped, however it ended later (rule 23).
  bool has_failures() const { return has_failures_; }
  /// One line an error, for a group to forward; at the run's own level only the first.
  const std::vector<std::string>& errors() const { return errors_; }
  /// Those of this level and of the groups in it that nobody has handled (rule 22).
  const ErrorLogs& error_logs() const { return error_logs_; }
  /// True if an instance has logged errors, whatever is made of them.
  bool has_error_logs() const;
  NodeCounts count_nodes() const;

  const Value* result(NodeIndex node, std::string_view port) const;
  Dict results(NodeIndex node) const;
  /// Rule 29: what the group's outer side sees of the inner `group_out` nodes.
  std::vector<std::pair<std::string, Value>> group_outputs() const;

  Dict& variables() { return *variables_; }
  int host() const { return host_; }
  /// Nothing runs any more: what runtimes still have to say about the level's nodes is too late.
  void detach();

  /// A push outside of any execution of the node, on a chain of its own; the level does not end before.
  void push_late(NodeIndex node, std::string_view port, Value value, std::function<void()> done);

 private:
  friend class Execution;
  friend class MapRun;
  friend class RuntimeLevel;
  class StartLauncher;
  class Occupation;

  // level.cpp
  void tell_remarks();
  Task<void> execute_nodes(Chain& chain);
  void prepare();
  void prepare_instance(Instance& node);
  void limit_instance(Instance& node);
  void map_paths(Instance& node) const;
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
  void prepare_execution(Instance& node, bool is_new);
  void tell_repeated(Instance& node, const NodeFailure& failure, SteadyTime started);
  Task<void> wait_to_repeat(Chain& chain, Instance& node, Duration pause);
  void require_resources(const NodeLimits& limits) const;
  void synchronise(Instance& node);
  Task<Outputs> compute_on_worker(Execution& execution);  // worker_call.cpp
  Task<void> wait_at_gate(Chain& chain);
  void finish_executed(Execution& execution, const Outputs& outputs, SteadyTime started,
                       const TakenExecution* taken);
  void finish(Instance& node, NodeStatus status, SteadyTime started, std::string_view cause = {},
              bool is_handled = false, std::optional<Duration> recorded = std::nullopt);
  void report_error(Instance& node, std::string_view message, std::string_view code, std::string_view detail);
  void fail(Instance& node, const NodeFailure& failure, SteadyTime started);
  void cancel(Instance& node, SteadyTime started);
  void skip(Instance& node, const Instance& source);
  bool is_failure_handled();
  void stop_if_fail_fast();
  Task<void> pull_condition(Chain& chain, Instance& node, SlotIndex slot);

  // recording.cpp
  RecordedPlace place_of(const Instance& node) const;
  std::vector<PortValue> delivered_inputs(const Instance& node) const;
  std::vector<RecordedFile> recorded_input_files(const Instance& node) const;
  std::vector<RecordedFile> recorded_work(const Execution& execution, const Outputs& outputs) const;
  std::vector<std::string> changed_input_files(const Execution& execution,
                                               const std::vector<RecordedFile>& work) const;
  RecordedBegin begin_of(const Instance& node, const ExecutionBegin& beginning, int try_number) const;
  Task<void> record_begin(Execution& execution, const ExecutionBegin& beginning, StartReason reason);
  std::unique_ptr<TakenExecution> record_hook(Execution& call, SlotIndex slot);
  Task<void> record_hook_end(Execution& call, const std::exception_ptr& failure);
  Task<void> record_variables(Execution& execution);
  void record_last(Execution& execution, std::string_view port, const Outputs* returned);
  void record_end(Execution& execution, const Outputs& outputs, SteadyTime started);
  void tell_end(Execution& execution, const Outputs& outputs, RecordedEnd end);
  void record_failure(Execution& execution, const NodeFailure* failure, bool is_repeated, SteadyTime started);
  bool may_hold(const Chain& chain) const;
  bool has_to_settle(Chain& chain);
  Task<void> settle_before_firing(Chain& chain);

  // taking.cpp
  Task<void> read_variables_before(const Instance& node);
  std::unique_ptr<ExecutionBegin> describe_begin(Chain& chain, Instance& node, StartReason reason);
  void ask_resumption(ExecutionBegin& beginning, const RecordedBegin& begin);
  Task<void> take_steps(Execution& execution, TakenExecution& taken);

  // rehearsal.cpp
  Task<void> wait_for_ever(Chain& chain, const Instance& node, std::string_view hook,
                           std::string_view reason);

  // propagation.cpp
  Task<void> push(Chain& chain, Instance& node, SlotIndex slot, Value value);
  void write(const OutWire& wire, const Value& value);
  void set_input(Instance& target, SlotIndex slot, const Value& value) const;
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

  // map_item.cpp
  void prepare_item();
  void take_template(Instance& node);
  Task<void> run_item(Chain& chain, Value item, std::int64_t index);
  Task<void> execute_item(Chain& chain, Value item, std::int64_t index);
  Task<void> pull_outside(Chain& chain, const InWire& wire);
  void take_from_outside(NodeIndex index, SlotIndex slot);
  Value item_result() const;
  void give_templates();
  bool is_item_level() const { return data().frame != nullptr; }
  Instance& in_outer(NodeIndex index) { return outer_->instances_[data().frame->outer_nodes[index]]; }

  // group_runner.cpp
  Task<GroupOutcome> run_group(Chain& chain, Instance& node, Value document, Dict injected);

  void log(Instance& node, LogLevel level, std::string_view message, std::string_view stream = {});
  void forward_error(Instance& node, std::string_view message);
  void count_error_log(const Instance& node, std::string_view message);
  ErrorLogs& error_logs_of(const Instance& node);
  bool reports_error_logs(const Instance& node) const;
  void emit(Instance& node, EventBody body);
  void touch(Instance& node);
  const PlanData& data() const { return plan_->data(); }
  bool is_wired(const Instance& node, SlotIndex slot) const;
  Instance& instance(NodeIndex index) { return instances_[index]; }
  NodeIndex index_of(const Instance& node) const { return static_cast<NodeIndex>(&node - instances_.data()); }

  RunState& run_;
  std::shared_ptr<const Plan> plan_;
  const LevelPath* path_;
  std::vector<Value> values_;  ///< parameters and results of all instances
  std::vector<Instance> instances_;
  std::unique_ptr<RuntimeLevel> runtime_level_;
  Dict own_variables_;
  Dict* const variables_;  ///< those above; of an item those of the level around it
  JoinCount late_pushes_;
  bool is_ending_ = false;
  std::vector<NodeIndex> scratch_;  ///< work list of the invalidation; empty between calls
  std::vector<std::string> errors_;
  Level* const outer_;
  Instance* const group_;  ///< in `outer_`; of an item its map
  ErrorLogs error_logs_;
  std::deque<NodeLimits> limits_;       ///< of those instances that have some
  const NodeLimits no_limits_;          ///< of others that runtimes execute
  std::deque<ResourceDemand> demands_;  ///< of those that have some
  bool has_failures_ = false;
  const bool failures_are_handled_;
  FailureTolerance* const tolerance_;
  const int host_;
  const bool reports_error_logs_;
};

}  // namespace vnode
