#include "daemon/run_job.h"

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>

#include "base/at_end.h"
#include "daemon/run_results.h"
#include "daemon/working_directory.h"
#include "engine/run_driver.h"
#include "model/value_mask.h"
#include "tasks/run_work.h"

namespace vnode {
namespace {

/// Where the program was before the first run.
const std::string& start_directory() {
  static const std::string start = [] {
    std::error_code gone;
    const std::filesystem::path path = std::filesystem::current_path(gone);
    return gone ? std::string("/") : path.string();
  }();
  return start;
}

RunOutcome failed_outcome(std::string error, ExitCode exit_code = kExitNodeFailed) {
  return {.status = RunStatus::kFailed, .exit_code = exit_code, .error = std::move(error)};
}

/// Of a run whose secrets were in the memory of a daemon that is gone.
RunOutcome lost_secrets_outcome(const NamedTexts& secrets) {
  std::string names;
  for (const auto& [name, value] : secrets) names += (names.empty() ? "" : ", ") + name;
  return {.status = RunStatus::kInterrupted,
          .exit_code = kExitInterrupted,
          .error = "secrets_lost: the daemon was restarted, and had the secrets of this run (" + names +
                   ") in its memory only; submit it again"};
}

/// Of a run that ends as its status says, before it began.
RunOutcome plain_outcome(RunStatus status) {
  return {.status = status, .exit_code = exit_code_of(status), .error = std::string(sentence_of(status))};
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
  StopReason stop = StopReason::kNone;
  RunPause pause = RunPause::kNone;
  std::atomic<bool> has_ended = false;
  bool is_handed_over = false;  ///< to a thread; until then it can be stopped without one
  RunOutcome outcome;           ///< once it has ended
  bool is_outcome_final = false;
  std::shared_ptr<RunEventLog> events;
  std::string results;  ///< once it has ended

  StopReason asked_stop() {
    const std::lock_guard lock(mutex);
    return stop;
  }

  void finish(RunOutcome with) {
    outcome = std::move(with);
    has_ended.store(true, std::memory_order_release);
    if (wake) wake();
  }

  /// Makes `events`.
  void open_events();
  void end_without_thread();
  /// True when worker threads may be busy on its behalf still.
  bool execute(const RunThread& thread, Result<PreparedRun> prepared);
  RunOutcome execute(const RunThread& thread, PreparedRun prepared, RunEventLog& events, RunOptions options);
  /// Where the submission, or the order, wants one. The outcome to end with, where it cannot be.
  std::optional<RunOutcome> open_journal(AttemptJournal& journal, const CheckedSubmission& submission,
                                         RunOptions& options);
  /// The outcome to end with, where there is no way to get them.
  std::optional<RunOutcome> add_secrets(RunOptions& options, const CheckedSubmission& submission);
  RunOutcome drive(const RunThread& thread, const PreparedRun& prepared, RunEventLog& events,
                   RunOptions options);
  void attach(Run* to);
};

void RunJob::Shared::open_events() {
  // An earlier attempt, or one that a crash has ended, has left its events.
  events = std::make_shared<RunEventLog>(order.event_path, order.id, find_event_file_end(order.event_path),
                                         order.event_limits, order.on_grown);
  events->go_on_behind(order.last_seq);
  events->set_flusher(&surroundings.flusher, events);
  order.on_events(events);
}

void RunJob::Shared::end_without_thread() {
  open_events();
  const RunOptions options{.run_id = order.id, .attempt = order.attempt, .last_seq = events->last_seq()};
  RunOutcome refused = failed_outcome("the system lets no more threads be started", kExitInternal);
  report_unstarted(*events, surroundings.clock, options, nullptr, refused);
  events->flush();
  finish(std::move(refused));
}

bool RunJob::Shared::execute(const RunThread& thread, Result<PreparedRun> prepared) {
  open_events();
  RunOptions options = prepared ? run_options(*prepared->submission) : RunOptions();
  if (prepared && prepared->submission->given.logged_errors.empty()) {
    options.logged_errors = order.logged_errors;
  }
  if (prepared && !options.path_map) options.path_map = order.path_map;
  options.default_limits = order.limits;
  options.run_id = order.id;
  options.attempt = order.attempt;
  options.last_seq = events->last_seq();
  RunOutcome result;
  const StopReason asked = asked_stop();
  std::optional<RunOutcome> refused;
  if (prepared && asked == StopReason::kNone) refused = add_secrets(options, *prepared->submission);
  if (refused) {
    result = std::move(*refused);
    report_unstarted(*events, surroundings.clock, options, nullptr, result);
  } else if (!prepared || asked != StopReason::kNone) {
    result =
        prepared ? plain_outcome(status_of(asked)) : failed_outcome(prepared.error().message, kExitInternal);
    report_unstarted(*events, surroundings.clock, options, nullptr, result);
  } else {
    try {
      result = execute(thread, std::move(*prepared), *events, options);
    } catch (const std::exception& error) {
      result = failed_outcome(std::string("a bug in vnode: ") + error.what(), kExitInternal);
      options.last_seq = events->last_seq();
      report_interrupted(*events, surroundings.clock, options, result);
    }
  }
  // What could not be written is told by `RunEventLog::error`: losing events is no failure of the run.
  events->flush();
  // Work that did not give way when the run was stopped, or stopped itself, may still go on.
  const bool leaves_work = asked_stop() != StopReason::kNone || result.status != RunStatus::kCompleted;
  finish(std::move(result));
  return leaves_work;
}

std::optional<RunOutcome> RunJob::Shared::add_secrets(RunOptions& options,
                                                      const CheckedSubmission& submission) {
  Secrets& secrets = options.environment.secrets;
  if (!submission.given.secrets.empty() && !order.secrets) {
    is_outcome_final = true;
    return lost_secrets_outcome(submission.given.secrets);
  }
  if (order.read_secrets) {
    Result<Secrets> read = order.read_secrets();
    if (!read) return failed_outcome("the secrets of all runs cannot be read: " + describe(read.error()));
    secrets = std::move(*read);
  }
  if (!order.secrets) return std::nullopt;
  for (const auto& [name, value] : *order.secrets) set_secret(secrets, name, value);
  return std::nullopt;
}

RunOutcome RunJob::Shared::execute(const RunThread& thread, PreparedRun prepared, RunEventLog& events,
                                   RunOptions options) {
  // Always: the run before may have left the thread anywhere, and threads of the pool that are started
  // before it has a directory of its own would never share it.
  const std::string& standard = start_directory();
  const std::string& asked = prepared.submission->given.directory;
  const Result<WorkingDirectory> inside = WorkingDirectory::enter(asked.empty() ? standard : asked);
  if (!inside) {
    RunOutcome refused = failed_outcome(describe(inside.error()));
    report_unstarted(events, surroundings.clock, options,
                     prepared.plan ? &prepared.plan->workflow() : nullptr, refused);
    return refused;
  }
  const std::shared_ptr<const Registry> registry = surroundings.catalog.current();
  if (!prepared.plan || registry != prepared.registry) {
    const CheckedSubmission& submission = *prepared.submission;
    Preparation again = prepare(submission.document, *registry,
                                {.overrides = submission.given.params,
                                 .part = submission.part(),
                                 .path_map = options.path_map.get()});
    if (!again.plan) {
      const SecretMask mask(options.environment.secrets);
      for (Problem& problem : again.problems) mask_problem(mask, problem);
      report_refusal(events, surroundings.clock, options, nullptr, again.problems);
      RunOutcome refused = plain_outcome(RunStatus::kInvalid);
      refused.error = refusal_text(again.problems);
      return refused;
    }
    prepared.plan = std::move(again.plan);
  }
  return drive(thread, prepared, events, std::move(options));
}

std::optional<RunOutcome> RunJob::Shared::open_journal(AttemptJournal& journal,
                                                       const CheckedSubmission& submission,
                                                       RunOptions& options) {
  JournalOrder asked = order.journal;
  if (!submission.given.cache.empty()) asked.cache = submission.given.cache;
  if (!submission.given.journal.value_or(order.keeps_journal)) asked.path.clear();
  const Result<void> opened = journal.open(asked, options);
  if (opened) {
    if (const Result<void> cache = journal.open_cache(asked, options); !cache)
      return failed_outcome("the cache: " + describe(cache.error()));
    if (journal.has_found_nothing() && order.warn)
      order.warn("there is no journal to go on from; everything is executed");
    return std::nullopt;
  }
  is_outcome_final = true;
  const bool is_bad = opened.error().code == ErrorCode::kBadDocument;
  return failed_outcome("the journal: " + describe(opened.error()),
                        is_bad ? kExitInvalid : kExitOutputFailed);
}

void RunJob::Shared::attach(Run* to) {
  const std::lock_guard lock(mutex);
  run = to;
  if (run && pause != RunPause::kNone) run->pause(pause);
  if (run && stop != StopReason::kNone) run->stop(stop);
}

RunOutcome RunJob::Shared::drive(const RunThread& thread, const PreparedRun& prepared, RunEventLog& events,
                                 RunOptions options) {
  AttemptJournal journal(surroundings.clock);
  if (auto refused = open_journal(journal, *prepared.submission, options)) {
    report_unstarted(events, surroundings.clock, options, &prepared.plan->workflow(), *refused);
    return *refused;
  }
  Run run_here(prepared.plan,
               RunServices{surroundings.clock, thread.workers, surroundings.http, order.lender.get(),
                           journal.recorder(), journal.resumption()},
               events, std::move(options));
  RunDriver driver(run_here, thread.loop, events);
  attach(&run_here);
  const AtEnd detached([this] { attach(nullptr); });
  driver.drive();
  // Whatever its end: what it has given so far is what there is.
  if (order.max_result_bytes > 0) {
    results =
        results_text(run_here, prepared.plan->workflow(), {order.id, order.attempt, order.max_result_bytes});
  }
  RunOutcome outcome = run_here.outcome();
  if (outcome.exit_code == kExitOutputFailed) is_outcome_final = true;  // journal rule 3
  if (journal.is_given_up() && order.warn) {
    order.warn("its journal has reached max_journal_bytes (" + std::to_string(order.journal.most) +
               ") and is not kept: another attempt begins anew");
  }
  if (outcome.status == RunStatus::kInvalid) outcome.error = refusal_text(run_here.problems());
  return outcome;
}

RunJob::RunJob(RunSurroundings& surroundings, RunOrder order)
    : shared_(std::make_shared<Shared>(surroundings, std::move(order))) {}

RunJob::~RunJob() {
  if (!shared_->has_ended) stop(StopReason::kShutdown);
}

void RunJob::start(std::function<void()> wake) {
  shared_->wake = std::move(wake);
  shared_->order.begin([shared = shared_](Result<PreparedRun> prepared) {
    if (shared->has_ended) return;  // stopped meanwhile
    shared->is_handed_over = true;
    auto input = std::make_shared<Result<PreparedRun>>(std::move(prepared));
    const bool is_taken = shared->surroundings.threads.execute(
        [shared, input](RunThread thread) { return shared->execute(thread, std::move(*input)); });
    if (!is_taken) shared->end_without_thread();
  });
}

bool RunJob::step(Duration) { return shared_->has_ended.load(std::memory_order_acquire); }

bool RunJob::has_ready() const { return false; }

void RunJob::stop(StopReason reason) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->stop != StopReason::kNone) return;
    shared_->stop = reason;
    if (shared_->run) shared_->run->stop(reason);
  }
  // What it would begin with may be long in coming: from a store that cannot be written at the moment.
  if (!shared_->is_handed_over && !shared_->has_ended) shared_->finish(plain_outcome(status_of(reason)));
}

void RunJob::pause(RunPause pause) {
  const std::lock_guard lock(shared_->mutex);
  shared_->pause = pause;
  if (shared_->run) shared_->run->pause(pause);
}

TaskOutcome RunJob::take_outcome() {
  // The stop reason is in the run's status already: what the table would make of "cancelled" agrees with it.
  return task_outcome(shared_->outcome, shared_->outcome.error);
}

std::optional<TaskVerdict> RunJob::verdict(const TaskOutcome& outcome) {
  // (Without an end of its own its thread has them still.)
  const std::shared_ptr<RunEventLog> events = shared_->has_ended ? shared_->events : nullptr;
  // What was refused would be refused again, which a table, that has it as failed, does not know.
  const bool is_refused = shared_->has_ended && shared_->outcome.status == RunStatus::kInvalid;
  AttemptEnd end{.status = is_refused ? RunStatus::kInvalid : outcome.status,
                 .exit_code = outcome.exit_code.value_or(exit_code_of(outcome.status)),
                 .error = outcome.error,
                 .is_final = shared_->has_ended && shared_->is_outcome_final,
                 .has_event = events && events->has_end()};
  return shared_->order.judge(std::move(end), events, events ? std::move(shared_->results) : std::string());
}

}  // namespace vnode
