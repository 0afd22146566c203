#pragma once

#include <deque>
#include <memory>
#include <string>

#include "async/fd_watcher.h"
#include "async/http_client.h"
#include "daemon/core.h"
#include "daemon/settings.h"
#include "daemon/submission.h"
#include "process/run_processes.h"
#include "store/run_row.h"

namespace vnode {

/// Carries out what is to be done when runs have ended (rule 16): those of the run, then those of the daemon.
/// A command gets the run as JSON on its standard input, and VNODE_RUN_ID, VNODE_ATTEMPT, VNODE_STATUS and
/// VNODE_EXIT_CODE in its environment; a URL gets the same JSON as a POST. Each is tried up to three times,
/// with a pause in between, each time with the timeout of the settings. A command is a process of the runtime
/// (lib/process): at its timeout, and at the daemon's end, it and what it has started get SIGTERM and a
/// moment to clean up. A hook that fails is told to the log; it changes nothing. Owner's thread.
class HookRunner {
 public:
  HookRunner(DaemonCore& core, HttpClient& http);
  ~HookRunner();

  void on_ended(const RunRow& row, const std::shared_ptr<const CheckedSubmission>& submission);
  /// Nothing is under way or waiting.
  bool is_idle() const { return waiting_ == 0; }

 private:
  struct Job;
  struct Link;
  class Listener;
  void attempt(const std::shared_ptr<Job>& job);
  void start_commands();
  void run_command_hook(const std::shared_ptr<Job>& job);
  void on_command_end(const std::shared_ptr<Job>& job, const std::string& error);
  void post_hook(const std::shared_ptr<Job>& job);
  void finish(const std::shared_ptr<Job>& job, const std::string& error);

  DaemonCore& core_;
  HttpClient& http_;
  FdWatcher watcher_;
  RunProcesses processes_;
  std::deque<std::shared_ptr<Job>> ready_;  ///< commands that wait for others to end
  unsigned running_ = 0;                    ///< commands
  std::size_t waiting_ = 0;
  std::shared_ptr<Link> link_;  ///< shared with what is under way, which may outlive this
};

}  // namespace vnode
