#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "async/fd_watcher.h"
#include "base/error.h"
#include "node/node_runtime.h"
#include "python/interpreter.h"
#include "python/supervisor.h"

namespace vnode {

struct PythonSettings {
  std::string interpreter =
      {};  ///< name or path, for definitions that do not name their own; empty: see choose_interpreter
  std::optional<std::uint64_t> memory = std::nullopt;  ///< bytes a host may use
  Duration grace = std::chrono::seconds(5);            ///< what code has to give way after a stop
  /// Keep a host of each interpreter in reserve once it has been used, so that the next run need not wait for
  /// its start: for programs that execute many runs.
  bool keeps_spare_host = false;
};

/// Executes Python nodes (python_nodes.md): each run gets host processes of its own, one per interpreter,
/// forked from supervisors that all runs share. Nothing is started before a run needs it. Thread rule: any
/// thread.
class PythonRuntime final : public NodeRuntime {
 public:
  explicit PythonRuntime(PythonSettings settings = {}) : settings_(std::move(settings)) {}

  std::unique_ptr<RuntimeSession> open(RunLink& run) override;

  const PythonSettings& settings() const { return settings_; }
  FdWatcher& watcher() { return watcher_; }

  /// A new host process of that interpreter (name or path). `on_exit` is called from any thread.
  struct NewHost {
    Interpreter interpreter;
    std::shared_ptr<Supervisor> supervisor;
    HostConnection connection;
  };
  Result<NewHost> start_host(const std::string& interpreter, std::function<void()> on_exit);

  /// Starts the supervisor of that interpreter if there is none yet, so that a host is there sooner.
  void warm_up(const std::string& interpreter);

 private:
  /// Passes a host's exit on to whoever has the host by then.
  struct ExitBell {
    std::mutex mutex;
    std::function<void()> on_exit;
  };
  struct Spare {
    HostConnection connection;
    std::shared_ptr<ExitBell> bell;
  };
  struct Known {
    Interpreter interpreter;
    std::shared_ptr<Supervisor> supervisor;
    std::optional<Spare> spare;
  };
  Result<Known*> supervisor_of(const std::string& interpreter);
  static Result<Spare> make_host(Supervisor& supervisor);
  static Error describe_ended(const Known& known);

  const PythonSettings settings_;
  FdWatcher watcher_;
  std::mutex mutex_;
  std::map<std::string, Known> supervisors_;  ///< by the interpreter's name, as it was asked for
};

}  // namespace vnode
