#include "daemon/run_job.h"

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>

#include "base/at_end.h"
#include "daemon/working_directory.h"
#include "tasks/run_work.h"

namespace vnode {
namespace {

/// How long a run steps before it looks whether it has to wait.
constexpr auto kSlice = std::chrono::milliseconds(20);

StopReason stop_reason(TaskStop stop) {
  switch (stop) {
    case TaskStop::kTimeout:
      return StopReason::kTimeout;
    case TaskStop::kShutdown:
      return StopReason::kShutdown;
    case TaskStop::kCancel:
      return StopReason::kCancel;
    case TaskStop::kNone:
      break;
  }
  return StopReason::kNone;
}

/// A run that was stopped before it began.
RunOutcome stopped_outcome(TaskStop stop) {
  switch (stop) {
    case TaskStop::kTimeout:
      return {.status = RunStatus::kTimeout, .exit_code = 124, .error = "the run's timeout ended it"};
    case TaskStop::kShutdown:
      return {.status = RunStatus::kInterrupted, .exit_code = 5, .error = "the daemon was shut down"};
    default:
      return {.status = RunStatus::kCancelled, .exit_code = 130};
  }
}

/// Where the program was before the first run.
const std::string& start_directory() {
  static const std::string start = [] {
    std::error_code gone;
    const std::filesystem::path path = std::filesystem::current_path(gone);
    return gone ? std::string("/") : path.string();
  }();
  return start;
}

RunOutcome failed_outcome(std::string error, int exit_code = 1) {
  return {.status = RunStatus::kFailed, .exit_code = exit_code, .error = std::move(error)};
}

}  // namespace

/// What the owner's thread and the run's thread have in common. The run's thread keeps it alive.
struct RunJob::Shared {
  Shared(RunSurroundings& all, RunOrder run_order) : surroundings(all), order(std::move(run_order)) {}

  RunSurroundings& surroundings;
  const RunOrder order;
  std::function<void()> wake;

  std::mutex mutex;
  Run* run = nullptr;  ///< while it is being driven
  TaskStop stop = TaskStop::kNone;
  std::atomic<bool> has_ended = false;
  RunOutcome outcome;  ///< once it has ended

  TaskStop asked_stop() {
    const std::lock_guard lock(mutex);
    return stop;
  }

  void finish(RunOutcome with) {
    outcome = std::move(with);
    has_ended.store(true, std::memory_order_release);
    wake();
  }

  bool is_followed(const ExecutionFinished& finished) {
    if (finished.status == RunStatus::kInterrupted) return order.is_followed_by_attempt_if_interrupted;
    const bool is_failure = finished.status == RunStatus::kFailed || finished.status == RunStatus::kInvalid ||
                            finished.status == RunStatus::kTimeout;
    // (What fails while the daemon ends goes on under the next one.)
    return is_failure && order.is_followed_by_attempt && asked_stop() != TaskStop::kCancel;
  }

  std::shared_ptr<RunEvents> open_events();
  void end_without_thread();
  /// True when worker threads may be busy on its behalf still.
  bool execute(const RunThread& thread, Result<PreparedRun> prepared);
  RunOutcome execute(const RunThread& thread, PreparedRun prepared, RunEvents& events, RunOptions options);
  RunOutcome drive(const RunThread& thread, std::shared_ptr<const Plan> plan, RunEvents& events,
                   RunOptions options);
  void attach(Run* to);
};

std::shared_ptr<RunEvents> RunJob::Shared::open_events() {
  // An earlier attempt, or one that a crash has ended, has left its events.
  auto events = std::make_shared<RunEvents>(order.event_path, order.id, find_event_file_end(order.event_path),
                                            order.max_value_bytes, order.on_grown);
  events->set_flusher(&surroundings.flusher, events);
  events->keep_open([this](const ExecutionFinished& finished) { return is_followed(finished); });
  order.on_events(events);
  return events;
}

void RunJob::Shared::end_without_thread() {
  const std::shared_ptr<RunEvents> events = open_events();
  const RunOptions options{.run_id = order.id, .attempt = order.attempt, .last_seq = events->last_seq()};
  RunOutcome refused = failed_outcome("the system lets no more threads be started", 125);
  report_unstarted(*events, surroundings.clock, options, nullptr, refused);
  [[maybe_unused]] const Result<void> closed = events->close();  // told by `RunEvents::error`
  finish(std::move(refused));
}

bool RunJob::Shared::execute(const RunThread& thread, Result<PreparedRun> prepared) {
  const std::shared_ptr<RunEvents> events = open_events();
  RunOptions options = prepared ? run_options(*prepared->submission) : RunOptions();
  options.run_id = order.id;
  options.attempt = order.attempt;
  options.last_seq = events->last_seq();
  RunOutcome result;
  const TaskStop asked = asked_stop();
  if (!prepared || asked != TaskStop::kNone) {
    result = prepared ? stopped_outcome(asked) : failed_outcome(prepared.error().message, 125);
    report_unstarted(*events, surroundings.clock, options, nullptr, result);
  } else {
    try {
      result = execute(thread, std::move(*prepared), *events, options);
    } catch (const std::exception& error) {
      result = failed_outcome(std::string("a bug in vnode: ") + error.what(), 125);
      options.last_seq = events->last_seq();
      report_interrupted(*events, surroundings.clock, options, result);
    }
  }
  // What could not be written is told by `RunEvents::error`: losing events is no failure of the run.
  [[maybe_unused]] const Result<void> closed = events->close();
  // Work that did not give way when the run was stopped, or stopped itself, may still go on.
  const bool leaves_work = asked_stop() != TaskStop::kNone || result.status != RunStatus::kCompleted;
  finish(std::move(result));
  return leaves_work;
}

RunOutcome RunJob::Shared::execute(const RunThread& thread, PreparedRun prepared, RunEvents& events,
                                   RunOptions options) {
  // Always: the run before may have left the thread anywhere, and threads of the pool that are started
  // before it has a directory of its own would never share it.
  const std::string& standard = start_directory();
  const std::string& asked = prepared.submission->environment.working_directory;
  const Result<WorkingDirectory> inside = WorkingDirectory::enter(asked.empty() ? standard : asked);
  if (!inside) {
    RunOutcome refused = failed_outcome(describe(inside.error()));
    report_unstarted(events, surroundings.clock, options,
                     prepared.plan ? &prepared.plan->workflow() : nullptr, refused);
    return refused;
  }
  const std::shared_ptr<const Registry> registry = surroundings.catalog.current();
  if (!prepared.plan || registry != prepared.registry) {
    Preparation again = prepare(prepared.submission->workflow, *registry, prepared.submission->overrides);
    if (!again.plan) {
      report_refusal(events, surroundings.clock, options, nullptr, again.problems);
      return {.status = RunStatus::kInvalid, .exit_code = 3, .error = "the workflow is not valid"};
    }
    prepared.plan = std::move(again.plan);
  }
  return drive(thread, std::move(prepared.plan), events, std::move(options));
}

void RunJob::Shared::attach(Run* to) {
  const std::lock_guard lock(mutex);
  run = to;
  if (run && stop != TaskStop::kNone) run->stop(stop_reason(stop));
}

RunOutcome RunJob::Shared::drive(const RunThread& thread, std::shared_ptr<const Plan> plan, RunEvents& events,
                                 RunOptions options) {
  Run run_here(std::move(plan), RunServices{surroundings.clock, thread.workers, surroundings.http}, events,
               std::move(options));
  run_here.set_wake([loop = &thread.loop] { loop->wake(); });
  attach(&run_here);
  const AtEnd detached([this] { attach(nullptr); });
  while (!run_here.poll(kSlice)) {
    if (run_here.has_ready()) continue;
    events.flush();
    thread.loop.wait_until(run_here.next_deadline());
  }
  return run_here.outcome();
}

RunJob::RunJob(RunSurroundings& surroundings, RunOrder order)
    : shared_(std::make_shared<Shared>(surroundings, std::move(order))) {}

RunJob::~RunJob() {
  if (!shared_->has_ended) stop(TaskStop::kShutdown);
}

void RunJob::start(std::function<void()> wake) {
  shared_->wake = std::move(wake);
  shared_->order.begin([shared = shared_](Result<PreparedRun> prepared) {
    auto input = std::make_shared<Result<PreparedRun>>(std::move(prepared));
    const bool is_taken = shared->surroundings.threads.execute(
        [shared, input](RunThread thread) { return shared->execute(thread, std::move(*input)); });
    if (!is_taken) shared->end_without_thread();
  });
}

bool RunJob::step(Duration) { return shared_->has_ended.load(std::memory_order_acquire); }

bool RunJob::has_ready() const { return false; }

void RunJob::stop(TaskStop reason) {
  const std::lock_guard lock(shared_->mutex);
  if (shared_->stop != TaskStop::kNone) return;
  shared_->stop = reason;
  if (shared_->run) shared_->run->stop(stop_reason(reason));
}

TaskOutcome RunJob::take_outcome() {
  // The stop reason is in the run's status already: what the table would make of "cancelled" agrees with it.
  return task_outcome(shared_->outcome, shared_->outcome.error);
}

}  // namespace vnode
