#pragma once

#include <deque>
#include <memory>
#include <string>

#include "async/http_client.h"
#include "async/worker_pool.h"
#include "daemon/core.h"
#include "daemon/settings.h"
#include "daemon/submission.h"
#include "store/run_row.h"

namespace vnode {

/// Carries out what is to be done when runs have ended (rule 16): those of the run, then those of the daemon.
/// A command gets the run as JSON on its standard input, and VNODE_RUN_ID, VNODE_ATTEMPT, VNODE_STATUS and
/// VNODE_EXIT_CODE in its environment; a URL gets the same JSON as a POST. Each is tried up to three times,
/// with a pause in between, each time with the timeout of the settings. A hook that fails is told to the log;
/// it changes nothing. Owner's thread.
class HookRunner {
 public:
  HookRunner(DaemonCore& core, HttpClient& http);
  ~HookRunner();

  void on_ended(const RunRow& row, const std::shared_ptr<const Submission>& submission);
  /// Nothing is under way or waiting.
  bool is_idle() const { return waiting_ == 0; }

 private:
  struct Job;
  struct Link;
  void attempt(const std::shared_ptr<Job>& job);
  void run_command_hook(const std::shared_ptr<Job>& job);
  void post_hook(const std::shared_ptr<Job>& job);
  void finish(const std::shared_ptr<Job>& job, const std::string& error);

  DaemonCore& core_;
  HttpClient& http_;
  WorkerPool workers_;
  std::size_t waiting_ = 0;
  std::shared_ptr<Link> link_;  ///< shared with what is under way, which may outlive this
};

}  // namespace vnode
