#pragma once

#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/plan_data.h"
#include "node/node_runtime.h"

namespace vnode {

class RuntimeLevel;
class RunState;

/// The runtimes that one run uses, each with the run's session, and what they know of the run.
/// Thread rule: the thread that steps the run.
class Runtimes final : public RunLink {
 public:
  explicit Runtimes(RunState& run) : run_(run) {}
  Runtimes(const Runtimes&) = delete;
  ~Runtimes() override;

  /// The session with the runtime, opened on first need.
  RuntimeSession& session(NodeRuntime& runtime);

  /// One more of the processes that bodies of maps are executed in (rule 46), by number: the one that fewest
  /// have taken; there are only so many. To be given back.
  int take_host();
  void give_host(int host);

  LevelKey add_level(RuntimeLevel& level);
  InstanceKey add_instance(RuntimeLevel& level, NodeIndex node);
  void remove_instance(InstanceKey instance) { instances_.erase(instance); }
  void remove_level(LevelKey key);

  /// Variables that sessions may have changed are brought up to date.
  Task<void> read_variables(LevelKey level);

  bool pump(Duration spin);
  void arm();
  void stop();
  /// Rule 39: the processes of all sessions, also of those to come, are stopped; and continued.
  void freeze();
  void thaw();
  /// At the end of the run.
  Task<void> close(Trampoline& chain);

  const std::string& run_id() const override;
  int attempt() const override;
  const RunEnvironment& environment() const override;
  std::shared_ptr<SecretMask> secret_mask() override;
  const Clock& clock() const override;
  bool is_recorded() const override;
  bool is_stopped() const override;
  std::function<void()> waker() override;
  Dict* variables(LevelKey level) override;
  void log(InstanceKey instance, LogLevel level, std::string_view message, std::string_view stream) override;
  void push_late(InstanceKey instance, std::string port, Value value, std::function<void()> done) override;
  ResourcePool& resources() override;
  void hold(Trampoline& chain) override;
  std::vector<std::uint64_t> chain_numbers(const Trampoline& chain) override;
  void park(Trampoline& chain, std::coroutine_handle<> at, std::optional<SteadyTime> deadline) override;
  void wake(Trampoline& chain) override;

 private:
  struct Place {
    RuntimeLevel* level;
    NodeIndex node;
  };
  std::unique_ptr<RuntimeSession> open(NodeRuntime& runtime);
  /// Null once the instance's level has ended.
  const Place* find(InstanceKey instance) const;

  RunState& run_;
  std::vector<std::pair<NodeRuntime*, std::unique_ptr<RuntimeSession>>> sessions_;
  std::unordered_map<InstanceKey, Place> instances_;
  InstanceKey next_instance_ = 1;  ///< 0 is none, for runtimes
  std::unordered_map<LevelKey, RuntimeLevel*> levels_;
  LevelKey next_level_ = 0;
  std::vector<std::size_t> host_users_;  ///< of each number, from 1
  bool is_frozen_ = false;
};

}  // namespace vnode
