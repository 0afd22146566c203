#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "command/command_outcome.h"
#include "command/command_plan.h"
#include "command/command_process.h"
#include "command/command_runtime.h"
#include "node/parking.h"
#include "process/child_environment.h"
#include "process/run_processes.h"

namespace vnode {

/// The commands of one run. Their processes live in a supervisor of the run's own, from the first of them
/// until the run's end; as many go on at once as the run has slots. Thread rule: the thread that steps the
/// run.
class CommandSession final : public RuntimeSession {
 public:
  CommandSession(CommandRuntime& runtime, RunLink& run);
  CommandSession(const CommandSession&) = delete;
  ~CommandSession() override;

  Task<std::vector<InstanceShape>> open_level(LevelKey level, std::vector<InstanceRequest> requests,
                                              Problems& problems) override;
  void wire(InstanceKey, std::span<const OutputWiring>) override {}
  void close_level(LevelKey level) override;
  std::vector<PortValue> command_of(InstanceKey instance, const NodeContext& node,
                                    const Trampoline& chain) override;
  Task<Outputs> execute(InstanceKey instance, NodeContext& node,
                        std::span<const PortValue> delivered) override;
  Task<void> on_parameter_changed(InstanceKey, NodeContext&, std::string_view,
                                  std::span<const PortValue>) override {
    return {};
  }
  void deliver(InstanceKey, std::string_view, const Value&) override {}
  void cancel(InstanceKey instance, const NodeContext& node) override;
  Task<void> read_variables(LevelKey) override { return {}; }
  bool pump(Duration time) override;
  void arm() override {}
  void stop() override;
  void freeze() override;
  void thaw() override;
  Task<void> close(Trampoline& chain) override;

 private:
  struct CommandInstance {
    InstanceRequest request;
    std::vector<std::string> further;  ///< inputs, of `run_command`
    ResourceDemand demand;
    std::shared_ptr<const WrapExecutor> executor;  ///< null: as it is
    std::vector<Port> outputs;
  };
  using InstancePtr = std::shared_ptr<const CommandInstance>;
  /// A chain that waits for its turn among the processes of the run, or for what it needs.
  struct TurnWait {
    explicit TurnWait(RunLink& run) : parking(run) {}
    Parking parking;
    bool is_granted = false;
  };
  /// Variables that programs have set for later commands of a chain; nullopt: taken away.
  using ChainVariables = std::map<std::string, std::optional<std::string>>;

  ChainVariables variables_set_for(std::span<const std::uint64_t> chains) const;
  Result<CommandPlan> plan(const CommandInstance& instance, const NodeContext& node) const;
  Value secret(std::string_view name) const;
  Task<void> take_turn(const ResourceDemand& demand, NodeContext& node, ResourcePool::Number& number);
  RunProcesses& processes();
  Task<CommandOutcome> run_process(InstancePtr instance, NodeContext& node, CommandPlan plan, Dict& said,
                                   Duration& time);
  ProcessStart describe_start(const CommandInstance& instance, const CommandPlan& plan,
                              const std::string& directory, std::span<const std::uint64_t> chains,
                              const NodeContext& node) const;
  Result<WrapStop> wrap(const CommandInstance& instance, const CommandPlan& plan,
                        std::span<const std::uint64_t> chains, const NodeContext& node, ProcessStart& start);
  void stop_process(CommandProcess& process);
  void stop_behind_wrap(CommandProcess& process, const std::vector<std::string>& words);
  Task<void> wait_for_end(CommandProcess& process);
  std::unique_ptr<OutputFile> log_file(const CommandInstance& instance, NodeContext& node);
  CommandOutput::Settings output_settings(const NodeContext& node, const CommandPlan& plan) const;
  Task<void> hand_on(InstancePtr instance, NodeContext& node, CommandOutcome outcome, Dict said,
                     Duration time);
  void set_variable(const CommandProcess& process, const std::string& name,
                    const std::optional<std::string>& value);
  void take_report(CommandProcess& process, CommandReport report);

  CommandRuntime& runtime_;
  RunLink& run_;
  std::unordered_map<InstanceKey, InstancePtr> instances_;
  std::unordered_map<LevelKey, std::vector<InstanceKey>> levels_;
  const std::shared_ptr<SharedByCommands> shared_;
  const std::shared_ptr<CommandNews> news_;
  std::set<CommandProcess*> active_;
  std::set<TurnWait*> waiting_;
  std::uint64_t wraps_ = 0;               ///< how many processes have been wrapped
  std::map<std::string, int> log_files_;  ///< how many of an instance, by its name
  std::map<std::uint64_t, ChainVariables> chain_variables_;
  std::map<const CommandProcess*, std::uint64_t> chain_of_;
  std::optional<Variables> own_variables_;
  bool is_frozen_ = false;
  /// Last: its destructor waits for the processes, which report to what is above.
  std::unique_ptr<RunProcesses> processes_;
};

}  // namespace vnode
