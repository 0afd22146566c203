#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "engine/emitter.h"
#include "engine/instance.h"
#include "engine/plan.h"
#include "node/node_runtime.h"

namespace vnode {

class Executor;
class RunState;

/// The instances of one level that live in runtimes: makes them, and leads to them.
/// Thread rule: the thread that steps the run.
class ForeignLevel {
 public:
  ForeignLevel(RunState& run, const GroupPath* path);
  ForeignLevel(const ForeignLevel&) = delete;
  /// The instances end with it.
  ~ForeignLevel();

  /// Makes the instances of the plan's nodes (rule 2). Returns the plan that fits the ports which they turned
  /// out to have: usually the same. Errors go to `problems`; then there is no plan.
  Task<std::shared_ptr<const Plan>> open(std::shared_ptr<const Plan> plan, Problems& problems);

  /// From now on the level's nodes run.
  void attach(Executor& executor) { executor_ = &executor; }
  void detach() { executor_ = nullptr; }

  bool holds(NodeIndex node) const { return places_[node].session != nullptr; }
  Task<Outputs> execute(Execution& execution);
  Task<void> call_hook(Execution& call, std::string_view port);
  /// A push into one of its nodes; only those that are executing have to be told at once.
  void deliver(const Instance& node, std::string_view port, const Value& value);
  /// Before a native node of the level uses variables.
  Task<void> read_variables();

  // For Runtimes.
  Dict* variables();
  void log(NodeIndex node, LogLevel level, std::string_view message, std::string_view stream);
  void push_late(NodeIndex node, std::string_view port, Value value, std::function<void()> done);

 private:
  struct Place {
    RuntimeSession* session = nullptr;  ///< null: a native node
    InstanceKey key = 0;
  };

  InstanceRequest describe(NodeIndex node) const;
  void wire_outputs();
  std::vector<PortValue> delivered(const Instance& node) const;

  RunState& run_;
  const GroupPath* path_;
  const LevelKey key_;
  std::shared_ptr<const Plan> plan_;
  Executor* executor_ = nullptr;
  std::vector<Place> places_;
  std::vector<RuntimeSession*> sessions_;
};

}  // namespace vnode
