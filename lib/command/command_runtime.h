#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "async/fd_watcher.h"
#include "base/clock.h"
#include "executor/executor_set.h"
#include "node/node_runtime.h"

namespace vnode {

struct CommandSettings {
  Duration grace = std::chrono::seconds(5);  ///< what processes get to end by themselves after a stop
  std::size_t most_kept = 16 << 20;          ///< bytes of an output that somebody wants
  std::size_t most_unwanted = 64 << 10;      ///< of one that nobody does
  std::uint64_t most_log = 1 << 20;          ///< of a node
  std::uint64_t most_run_log = 256 << 20;    ///< of a run
  std::string log_folder = {};  ///< gets a file an execution, with all of its output; empty: none
  ExecutorSet executors = {};   ///< what nodes can name
};

/// Executes the nodes whose definition is a command, and `run_command` (rules.md). It has one thread, which
/// reads what the processes of all runs write; it starts with the first process. Thread rule: any thread.
/// Must outlive the runs that use it.
class CommandRuntime final : public NodeRuntime {
 public:
  explicit CommandRuntime(CommandSettings settings = {}) : settings_(std::move(settings)) {}

  std::unique_ptr<RuntimeSession> open(RunLink& run) override;
  bool holds_parameters() const override { return false; }
  bool can_push_before_failing() const override { return false; }
  bool fires_last() const override { return true; }

  const CommandSettings& settings() const { return settings_; }
  FdWatcher& watcher() { return watcher_; }

 private:
  const CommandSettings settings_;
  FdWatcher watcher_;
};

}  // namespace vnode
