#pragma once

#include <signal.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "async/fd_watcher.h"
#include "process/run_processes.h"
#include "python/process/host_start.h"

namespace vnode {

/// A host as a process, under a supervisor of its own (lib/process), which goes over with it to the run that
/// takes it: whatever its nodes start can be nobody else's. Thread rule: any thread; the destructor: not the
/// watcher's, which must outlive it.
class HostProcess {
 public:
  /// Does not wait for it: what is sent before it runs, it will read. `directory`: where it waits for its
  /// run; empty: where this program is. Errors: those of `make_host_start` and of `RunProcesses::start`.
  static Result<std::unique_ptr<HostProcess>> start(const Interpreter& interpreter, FdWatcher& watcher,
                                                    Duration grace,
                                                    const HostProgram& program = host_program(),
                                                    const std::string& directory = {}, int held = -1);
  HostProcess(const HostProcess&) = delete;
  /// Ends what is left, at once, and waits until it is gone.
  ~HostProcess();

  const Interpreter& interpreter() const { return interpreter_; }
  const std::string& directory() const { return directory_; }
  /// To be taken by whoever talks to it.
  HostConnection connection;

  /// Who is called, from any thread, when `exit` has become known, and when the process is gone. When this
  /// returns, nobody who was set before is called any more.
  void set_listener(std::function<void()> on_news);
  /// How the host itself has ended, if it has; what its nodes have started may go on.
  std::optional<ProcessEnd> exit() const;
  /// Nothing is left of it and of what its nodes have started.
  bool is_gone() const;

  /// The process that speaks: a launcher (mayapy) may have started it. It counts as the host from now on.
  void set_speaker(pid_t pid) { processes_.set_main(number_, pid); }
  void interrupt() { processes_.signal(number_, SIGINT); }
  /// SIGTERM to what its nodes have started, which has the grace period from then on.
  void stop_children(Duration grace) { processes_.stop_descendants(number_, grace); }
  /// The same for what that node has started, named by its VNODE_NODE_ID, and SIGKILL then; the others go on.
  void stop_children_of(const std::string& node, Duration grace) {
    processes_.stop_marked(number_, "VNODE_NODE_ID=" + node, grace);
  }
  /// Ends it as soon as nothing is left of what its nodes have started, or the grace period is over.
  void stop(Duration grace) { processes_.stop(number_, grace); }
  /// It stands still, with all that its nodes have started, until `thaw`.
  void freeze() { processes_.freeze(); }
  void thaw() { processes_.thaw(); }
  /// A copy of that descriptor is kept until all of it is gone.
  void hold(int descriptor) { processes_.hold(descriptor); }
  /// Ends all that is left at once, and the supervisor. Does not wait for that.
  void end() { processes_.end(Duration::zero()); }
  /// After `end`: destruction will not wait.
  bool is_over() { return processes_.wait_until_gone(Duration::zero()); }

 private:
  struct News {
    std::mutex mutex;
    std::function<void()> listener;
    std::optional<ProcessEnd> exit;
    bool is_gone = false;
  };
  HostProcess(const Interpreter& interpreter, const std::string& directory, FdWatcher& watcher,
              Duration grace, int held)
      : interpreter_(interpreter), directory_(directory), processes_(watcher, grace, held) {}

  const Interpreter interpreter_;
  const std::string directory_;
  const std::shared_ptr<News> news_ = std::make_shared<News>();
  ProcessNumber number_ = 0;
  RunProcesses processes_;
};

}  // namespace vnode
