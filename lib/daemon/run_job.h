#pragma once

#include <functional>
#include <memory>
#include <string>

#include "async/http_client.h"
#include "base/clock.h"
#include "daemon/attempt_journal.h"
#include "daemon/node_catalog.h"
#include "daemon/run_event_log.h"
#include "daemon/run_life.h"
#include "daemon/run_threads.h"
#include "daemon/submission.h"
#include "engine/preparation.h"
#include "engine/run.h"
#include "tasks/task_work.h"

namespace vnode {

/// What all runs of a daemon share.
struct RunSurroundings {
  const Clock& clock;
  RunThreads& threads;
  HttpClient& http;
  NodeCatalog& catalog;
  DelayedFlush& flusher;
};

/// A workflow that was made ready, and with which node types; it is made ready again when those have changed.
struct PreparedRun {
  std::shared_ptr<const CheckedSubmission> submission;
  std::shared_ptr<const Plan> plan;
  std::shared_ptr<const Registry> registry;
};

/// One attempt of a run, as it is ordered.
struct RunOrder {
  std::string id;
  int attempt = 1;
  std::string event_path;
  EventLimits event_limits = {};
  LoggedErrors logged_errors = LoggedErrors::kFail;  ///< where the submission does not say
  NodeLimits limits = {};                            ///< where nothing else says any
  std::shared_ptr<const PathMap> path_map = {};      ///< where the submission brings none
  std::shared_ptr<ResourceLender> lender = nullptr;  ///< null: the run has a reservation of its own
  /// The submission's; null: it has none, or they are lost.
  std::shared_ptr<const Secrets> secrets = nullptr;
  std::function<Result<Secrets>()> read_secrets = {};  ///< those of all runs; null: there are none
  std::size_t max_result_bytes = 0;                    ///< of its results; 0: none are kept
  JournalOrder journal = {};
  bool keeps_journal = false;  ///< where the submission does not say
  std::uint64_t last_seq = 0;  ///< of what attempts before it have told, as far as this daemon knows
  /// Called once, on the owner's thread, when its turn has come: makes that durable and finds what to run,
  /// then calls back on the same thread.
  std::function<void(std::function<void(Result<PreparedRun>)>)> begin;
  /// On the run's thread, before the first event.
  std::function<void(std::shared_ptr<RunEventLog>)> on_events;
  /// On any thread, for the daemon's log.
  std::function<void(std::string)> warn;
  /// On any thread: events can be read.
  std::function<void()> on_grown;
  /// Once, on the owner's thread, when the attempt has ended: whether another one follows. Null events: it
  /// was stopped before it began. `results`: their text (run_results.h); empty when it has none.
  std::function<TaskVerdict(AttemptEnd, std::shared_ptr<RunEventLog>, std::string results)> judge;
};

/// Drives one attempt of a run on a thread of its own. Thread rule: as TaskWork.
class RunJob final : public TaskWork {
 public:
  RunJob(RunSurroundings& surroundings, RunOrder order);
  ~RunJob() override;

  void start(std::function<void()> wake) override;
  bool step(Duration budget) override;
  bool has_ready() const override;
  std::optional<SteadyTime> next_deadline() const override { return std::nullopt; }
  void stop(StopReason reason) override;
  void pause(RunPause pause) override;
  TaskOutcome take_outcome() override;
  std::optional<TaskVerdict> verdict(const TaskOutcome& outcome) override;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace vnode
