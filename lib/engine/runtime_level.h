#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/emitter.h"
#include "engine/instance.h"
#include "engine/plan.h"
#include "node/node_runtime.h"

namespace vnode {

class Level;
class RunState;

/// The instances of one level that live in runtimes: makes them, and leads to them.
/// Thread rule: the thread that steps the run.
class RuntimeLevel {
 public:
  /// Makes the instances of those nodes of the plan that live in runtimes (rule 2); null when there are none.
  /// `plan` becomes the one that fits the ports which they turned out to have: usually it stays as it is.
  /// `host`: which of the run's processes of each runtime have them. Errors go to `problems`; then nothing
  /// can be run.
  static Task<std::unique_ptr<RuntimeLevel>> open(RunState& run, const LevelPath* path,
                                                  std::shared_ptr<const Plan>& plan, int host,
                                                  Problems& problems);

  RuntimeLevel(const RuntimeLevel&) = delete;
  /// The instances end with it.
  ~RuntimeLevel();

  /// From now on the level's nodes run.
  void attach(Level& level);
  /// Its nodes do not run any more; what their code still says is heard.
  void detach() { is_over_ = true; }

  bool holds(NodeIndex node) const { return places_[node].session != nullptr; }
  std::vector<PortValue> command_of(Execution& execution) const;
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

  RuntimeLevel(RunState& run, const LevelPath* path, std::shared_ptr<const Plan> plan, int host);
  void add_instances();
  Task<void> make_instances(Problems& problems);
  InstanceRequest describe(NodeIndex node) const;
  void map_saved_paths(const PlanNode& node, Dict& saved) const;
  bool is_wired(const PlanNode& node, SlotIndex slot) const;
  void find_mapped_paths(NodeIndex node, const InstanceShape& made, const Dict& told);
  void tell_missing_ports() const;
  void tell_missing_port(NodeIndex node, const Connection& wire, bool is_source) const;
  void wire_outputs();
  std::vector<PortValue> delivered(const Instance& node) const;
  void tell_windows_paths(Instance& node, std::span<const PortValue> values) const;

  RunState& run_;
  const LevelPath* path_;
  const LevelKey key_;
  std::shared_ptr<const Plan> plan_;
  const int host_;
  Level* level_ = nullptr;
  bool is_over_ = false;
  std::vector<std::pair<NodeIndex, std::string>> early_errors_;  ///< logged before there is an level
  std::vector<Place> places_;
  /// Of instances that prepare their parameters themselves: paths that the run maps and that they do not know
  /// of from their saved parameters. They come with what wires deliver.
  std::unordered_map<NodeIndex, std::vector<std::pair<std::string, Value>>> mapped_paths_;
  std::vector<RuntimeSession*> sessions_;
};

}  // namespace vnode
