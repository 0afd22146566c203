#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "async/fd_watcher.h"
#include "base/error.h"
#include "node/node_runtime.h"
#include "python/process/host_process.h"

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
/// each under a supervisor of its own (rules.md). Nothing is started before a run needs it. Thread rule: any
/// thread.
class PythonRuntime final : public NodeRuntime {
 public:
  explicit PythonRuntime(PythonSettings settings = {}) : settings_(std::move(settings)) {}

  std::unique_ptr<RuntimeSession> open(RunLink& run) override;

  const PythonSettings& settings() const { return settings_; }
  FdWatcher& watcher() { return watcher_; }

  /// A host of that interpreter (name or path), for one run: the spare one, or a new one, which may yet turn
  /// out not to start. Waits for nothing. Errors: those of `find_interpreter` and `HostProcess::start`.
  Result<std::unique_ptr<HostProcess>> start_host(const std::string& interpreter, int held = -1);
  /// Ends it at once, and waits for nothing.
  void retire(std::unique_ptr<HostProcess> host);

 private:
  std::unique_ptr<HostProcess> take_spare(const std::string& name, const Interpreter& interpreter);

  const PythonSettings settings_;
  FdWatcher watcher_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<HostProcess>> spares_;  ///< by the name that was asked for
  std::vector<std::unique_ptr<HostProcess>> retired_;           ///< that are being ended
};

}  // namespace vnode
