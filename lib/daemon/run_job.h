#pragma once

#include <functional>
#include <memory>
#include <string>

#include "async/http_client.h"
#include "base/clock.h"
#include "daemon/node_catalog.h"
#include "daemon/run_events.h"
#include "daemon/run_threads.h"
#include "daemon/submission.h"
#include "engine/preparation.h"
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
  std::shared_ptr<const Submission> submission;
  std::shared_ptr<const Plan> plan;
  std::shared_ptr<const Registry> registry;
};

/// One attempt of a run, as it is ordered.
struct RunOrder {
  std::string id;
  int attempt = 1;
  bool is_followed_by_attempt = false;  ///< if it fails or is over its time
  bool is_followed_by_attempt_if_interrupted = false;
  std::string event_path;
  std::size_t max_value_bytes = 64 * 1024;
  /// Called once, on the owner's thread, when its turn has come: makes that durable and finds what to run,
  /// then calls back on the same thread.
  std::function<void(std::function<void(Result<PreparedRun>)>)> begin;
  /// On the run's thread, before the first event.
  std::function<void(std::shared_ptr<RunEvents>)> on_events;
  /// On any thread: events can be read.
  std::function<void()> on_grown;
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
  void stop(TaskStop reason) override;
  TaskOutcome take_outcome() override;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace vnode
