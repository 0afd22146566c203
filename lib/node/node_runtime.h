#pragma once

#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/task.h"
#include "base/clock.h"
#include "base/secret_mask.h"
#include "model/port.h"
#include "model/port_value.h"
#include "model/problem.h"
#include "node/node_context.h"
#include "node/outputs.h"
#include "node/resource_pool.h"

namespace vnode {

struct NodeType;

/// One node of a running workflow, unique in its run.
using InstanceKey = std::uint32_t;
/// One level of a run, unique in it: the run's own, that of a single execution of a group, or of an item of a
/// map.
using LevelKey = std::uint32_t;

/// What a runtime needs to make an instance (engine rule 2).
struct InstanceRequest {
  InstanceKey key = 0;
  const NodeType* type = nullptr;
  std::string name;                       ///< the instance's id, as in the file
  std::string label;                      ///< how messages call it
  std::string pointer;                    ///< JSON pointer to the node in the file
  Dict saved;                             ///< its saved parameters, without the hidden ones
  std::vector<std::string> wired_inputs;  ///< names that have a data wire
  bool blocking = false;                  ///< the definition or the instance asks for it (rule 28)
  /// In the body of a map (rule 46): each execution suspends from the start, and takes a slot.
  bool suspends = false;
  int host = 0;               ///< which of the run's processes it lives in; 0: the run's own
  ResourceAmounts resources;  ///< each execution needs them (rule 40)
  std::optional<Duration> timeout = std::nullopt;  ///< of each try
  std::string executor = {};                       ///< where its processes run; empty: on this machine
  Dict executor_options = {};                      ///< what it says to that
};

/// What an instance turned out to be once it was made: a class decides on its ports in its constructor.
struct InstanceShape {
  InstanceKey key = 0;
  std::vector<Port> inputs;
  std::vector<Port> outputs;
  bool has_hook = false;  ///< on_parameter_changed does something
};

/// What hangs on one output of an instance.
struct OutputWiring {
  std::string_view port;
  bool waits = false;                ///< exec wires (for truthy values), or wires into instances with a hook
  std::vector<InstanceKey> targets;  ///< instances of the same runtime that its data wires lead to
};

/// What the processes of a run see of where it comes from.
struct RunEnvironment {
  std::string working_directory = {};  ///< empty: the program's own
  /// Set on top of the program's own; VNODE_RUN_ID and VNODE_ATTEMPT come by themselves.
  std::vector<std::pair<std::string, std::string>> variables = {};
  /// Variables, too, and `{secret.NAME}` of commands. Nothing that a run tells or leaves has them in it.
  Secrets secrets = {};
  /// Open as long as the run; what holds its processes keeps a copy until the last of them is gone. -1: none.
  int held_descriptor = -1;
  /// Gives such a one when the first program is about to be started, or the first code of a host to be
  /// executed; or -1. Null: there is none.
  std::function<int()> find_held_descriptor = {};
};

/// What a run offers to the runtimes of its nodes.
/// Thread rule: the thread that steps the run, but for what `waker` returns.
class RunLink {
 public:
  virtual ~RunLink() = default;

  virtual const std::string& run_id() const = 0;
  virtual int attempt() const = 0;
  virtual const RunEnvironment& environment() const = 0;
  /// Those of the environment, and those that node code has named; shared with what may outlive the run.
  virtual std::shared_ptr<SecretMask> secret_mask() = 0;
  virtual const Clock& clock() const = 0;
  /// The run has a journal, which goes by what runtimes tell of their executions (journal rules 6 to 8).
  virtual bool is_recorded() const { return false; }
  virtual bool is_stopped() const = 0;
  /// Makes the run be stepped soon. The function may be called from any thread, also when the run is gone.
  virtual std::function<void()> waker() = 0;

  /// The variables of a level (rule 3); null when it has ended.
  virtual Dict* variables(LevelKey level) = 0;
  /// A node_log event of the instance; nothing happens when its level has ended.
  virtual void log(InstanceKey instance, LogLevel level, std::string_view message,
                   std::string_view stream) = 0;
  /// A push outside of any execution of the instance, on a chain of its own. `done` is called when all that
  /// it sets off has ended (at once when the instance is gone).
  virtual void push_late(InstanceKey instance, std::string port, Value value, std::function<void()> done) = 0;

  /// What executions take before their code is at work: blocking ones a slot, and all what they need. It is
  /// given back while what a push has set off is waited for.
  virtual ResourcePool& resources() = 0;

  /// The chain executes code that is no suspension (rule 28): no other chain gets a turn until it is woken.
  virtual void hold(Trampoline& chain) = 0;
  /// Numbers of the chain and of those that it is part of, its own first; no two chains of a run have the
  /// same.
  virtual std::vector<std::uint64_t> chain_numbers(const Trampoline& chain) = 0;
  /// Suspends the chain until `wake` or the deadline. A stop does not wake it.
  virtual void park(Trampoline& chain, std::coroutine_handle<> at, std::optional<SteadyTime> deadline) = 0;
  /// Makes a parked chain ready: at once if it holds the others, else at the end of the ready queue. Nothing
  /// happens if it is not parked.
  virtual void wake(Trampoline& chain) = 0;
};

/// A runtime's part in one run: the instances of its nodes live there. All that is awaited may throw
/// `Cancelled` after a stop, and `NodeFailure`. Thread rule: the thread that steps the run.
class RuntimeSession {
 public:
  virtual ~RuntimeSession() = default;

  /// Makes the instances of a level. Their shapes come in the order of the requests; they are worth nothing
  /// if there are errors in `problems` afterwards (definitions that do not load, constructors that fail).
  virtual Task<std::vector<InstanceShape>> open_level(LevelKey level, std::vector<InstanceRequest> requests,
                                                      Problems& problems) = 0;
  /// Once per instance, before anything of the level runs.
  virtual void wire(InstanceKey instance, std::span<const OutputWiring> outputs) = 0;
  virtual void close_level(LevelKey level) = 0;

  /// What an execution that is about to begin would start, by the names of its parts: for journals, in which
  /// its digests stand (journal rule 5). Starts nothing. Empty: nothing that its inputs do not tell.
  virtual std::vector<PortValue> command_of(InstanceKey, const NodeContext&, const Trampoline& /*chain*/) {
    return {};
  }
  /// One execution. `delivered`: the values of all names that a data wire leads to, where there is one,
  /// always in the same order.
  virtual Task<Outputs> execute(InstanceKey instance, NodeContext& node,
                                std::span<const PortValue> delivered) = 0;
  /// The hook of an instance that has one; `delivered` holds the pushed value already.
  virtual Task<void> on_parameter_changed(InstanceKey instance, NodeContext& node, std::string_view port,
                                          std::span<const PortValue> delivered) = 0;
  /// A limit of time ends what `node`'s execution, or call of a hook, is part of: it is to give way as after
  /// a stop, by itself.
  virtual void cancel(InstanceKey instance, const NodeContext& node) = 0;
  /// A push into an instance that is executing: it sees the value before the pusher goes on.
  virtual void deliver(InstanceKey instance, std::string_view port, const Value& value) = 0;
  /// Brings the level's variables up to what the runtime's code has done with them; needed before others use
  /// them. An empty task when there is nothing to do.
  virtual Task<void> read_variables(LevelKey level) = 0;

  /// Handles what has arrived, waiting for at most `time` for something to arrive. True if something was
  /// there.
  virtual bool pump(Duration time) = 0;
  /// From now on the run is woken when something arrives; until the next `pump`.
  virtual void arm() = 0;
  /// The run has been stopped (rule 24): called once. Code that does not give way within the grace period is
  /// killed.
  virtual void stop() = 0;
  /// The run is paused, and with it all processes (engine rule 41): they are stopped, also those that are
  /// started before `thaw`, which continues them.
  virtual void freeze() {}
  virtual void thaw() {}
  /// Ends what the session has started. Called once, at the end of the run, stopped or not.
  virtual Task<void> close(Trampoline& chain) = 0;
};

/// Executes nodes outside of the engine. Outlives the runs that use it, and serves many at a time.
/// Thread rule: any thread.
class NodeRuntime {
 public:
  virtual ~NodeRuntime() = default;
  virtual std::unique_ptr<RuntimeSession> open(RunLink& run) = 0;
  /// Its instances prepare their parameters themselves (rule 2), and `NodeContext` knows only what wires
  /// bring.
  virtual bool holds_parameters() const { return true; }
  /// Its nodes may push values and fail all the same: such a try is not repeated (engine rule 37).
  virtual bool can_push_before_failing() const { return true; }
  /// Its nodes have nothing left to do but to return once they have fired (journal rule 2).
  virtual bool fires_last() const { return false; }
};

}  // namespace vnode
