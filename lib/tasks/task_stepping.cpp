// What a step of the task table does: rules 2, 4 and 5.
#include <algorithm>
#include <stdexcept>

#include "base/at_end.h"
#include "base/duration_text.h"
#include "tasks/saturating_time.h"
#include "tasks/task_table_impl.h"

namespace vnode {
namespace {

TaskOutcome failure(std::string error) { return {.status = RunStatus::kFailed, .error = std::move(error)}; }

/// The outcome of whatever `act` throws.
template <class Act>
std::optional<TaskOutcome> failure_of(Act&& act) {
  try {
    act();
    return std::nullopt;
  } catch (const std::exception& error) {
    return failure(error.what());
  } catch (...) {
    return failure("an unknown exception");
  }
}

/// For work that does not say why it did not complete.
std::string default_error(RunStatus status, StopReason reason, const std::optional<Duration>& timeout) {
  switch (status) {
    case RunStatus::kCancelled:
      return "it was cancelled";
    case RunStatus::kTimeout:
      if (reason != StopReason::kTimeout || !timeout) return "it took too long";
      return "it was not done after " + duration_text(*timeout);
    case RunStatus::kInterrupted:
      return "the program that ran it was shut down";
    default:
      return "it failed without saying why";
  }
}

/// Of what was cancelled while it was pending.
std::string cancelled_error(int attempt) {
  if (attempt > 1) return "it was cancelled before attempt " + std::to_string(attempt);
  return "it was cancelled before it started";
}

}  // namespace

bool TaskTable::Impl::step(Duration budget) {
  if (is_stepping_) throw std::logic_error("a task table cannot be stepped from within its own step");
  is_stepping_ = true;
  const AtEnd done([this] { is_stepping_ = false; });
  const SteadyTime until = later(clock_.steady_now(), budget);
  collect_ready();
  end_cancelled();
  do {
    start_pending(until);
    if (ready_.empty()) break;
    take_turn(until);
  } while (clock_.steady_now() < until);
  clear_up();
  return has_work();
}

bool TaskTable::Impl::has_work() const {
  return !ready_.empty() || !next_.empty() || !cancelled_.empty() ||
         (may_start_ && (!is_shutting_down_ || !loans_.empty())) || !inbox_->empty();
}

std::optional<SteadyTime> TaskTable::Impl::next_deadline() const {
  if (has_work()) return clock_.steady_now();
  std::optional<SteadyTime> deadline;
  if (!timers_.empty()) deadline = timers_.begin()->first;
  if (settings_.clear_after && !rows_.ended().empty()) {
    const SteadyTime ended_at = rows_.find(rows_.ended().front())->ended_at;
    const SteadyTime clears_at = later(ended_at, *settings_.clear_after);
    deadline = deadline ? std::min(*deadline, clears_at) : clears_at;
  }
  return deadline;
}

/// Who was woken or whose time has come joins those that are ready for this step.
void TaskTable::Impl::collect_ready() {
  for (const TaskKey key : inbox_->take()) {
    TaskRow* row = rows_.find(key);
    if (row && row->work) queue_turn(*row);
  }
  const SteadyTime now = clock_.steady_now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    TaskRow& row = *rows_.find(timers_.begin()->second);
    drop_timer(row);
    if (row.record->pending()) {
      end_delay(row);
      continue;
    }
    queue_turn(row);
    const RunningTask& running = *row.record->running();
    const std::optional<SteadyTime> limit = limit_of(row);
    if (limit && *limit <= now && running.stop == StopReason::kNone) ask_to_stop(row, StopReason::kTimeout);
  }
  ready_.insert(ready_.end(), next_.begin(), next_.end());
  next_.clear();
}

void TaskTable::Impl::end_cancelled() {
  for (const TaskKey key : std::exchange(cancelled_, {})) {
    TaskRow& row = *rows_.find(key);
    end(row, {.status = RunStatus::kCancelled, .error = cancelled_error(row.record->attempt)});
  }
}

/// At least one, however little time there is. What has been started goes on, and is lent what it needs, also
/// when nothing else is started any more.
void TaskTable::Impl::start_pending(SteadyTime until) {
  while (may_start_) {
    const std::optional<TaskKey> key = is_shutting_down_ ? planner_.start_next_loan() : planner_.start_next();
    if (!key) {
      may_start_ = false;
      return;
    }
    if (!lend(*key)) start(*rows_.find(*key));
    if (clock_.steady_now() >= until) return;
  }
}

/// False when that is no loan.
bool TaskTable::Impl::lend(TaskKey key) {
  const auto found = loans_.find(key);
  if (found == loans_.end()) return false;
  found->second.is_lent = true;
  const std::function<void()> tell = std::move(found->second.request.on_lent);
  tell();
  return true;
}

void TaskTable::Impl::start(TaskRow& row) {
  rows_.set_state(row, RunningTask{.started_at = clock_.wall_now(), .since = clock_.steady_now()});
  row.is_stop_told = false;
  row.stood = {};
  tell_changed(row.record);
  if (row.record->running()->stop != StopReason::kNone) {
    end_attempt(row, {.status = RunStatus::kCancelled});
    return;
  }
  if (auto outcome = failure_of([&] { make_work(row); })) {
    end_attempt(row, std::move(*outcome));
    return;
  }
  // Its first turn comes in this step; one that was asked to stop meanwhile waits for its turn in the next.
  if (row.is_ready) return;
  row.is_ready = true;
  ready_.push_back(row.key);
}

void TaskTable::Impl::make_work(TaskRow& row) {
  row.signal = std::make_shared<WakeSignal>(inbox_, row.key);
  row.work = row.make_work ? row.make_work(*row.record) : nullptr;
  if (!row.work) throw std::runtime_error("there is no work to do");
  row.work->start([signal = row.signal] { signal->wake(); });
  if (row.record->pause) row.work->pause(row.record->pause->how);  // since its start was told
  set_timer(row);
}

/// Of the first that is ready. A fair share of what is left of the time is for it.
void TaskTable::Impl::take_turn(SteadyTime until) {
  const auto sharers = static_cast<Duration::rep>(ready_.size());
  TaskRow* row = rows_.find(ready_.front());
  ready_.pop_front();
  if (!row) return;
  row->is_ready = false;
  if (!row->work) return;
  const Duration left = std::max<Duration>(until - clock_.steady_now(), Duration::zero());
  if (auto outcome = advance(*row, left / sharers)) end_attempt(*row, std::move(*outcome));
}

std::optional<TaskOutcome> TaskTable::Impl::advance(TaskRow& row, Duration budget) {
  std::optional<TaskOutcome> outcome;
  auto failed = failure_of([&] {
    row.signal->reset();
    const StopReason stop = row.record->running()->stop;
    if (stop != StopReason::kNone && !std::exchange(row.is_stop_told, true)) row.work->stop(stop);
    if (row.work->step(budget)) {
      outcome = row.work->take_outcome();
      return;
    }
    set_timer(row);
    if (row.work->has_ready()) queue_turn(row);
  });
  return failed ? std::move(failed) : std::move(outcome);
}

void TaskTable::Impl::end_attempt(TaskRow& row, TaskOutcome outcome) {
  const RunningTask running = *row.record->running();
  const SteadyTime now = clock_.steady_now();
  if (!is_ended(outcome.status)) outcome = failure("its work ended without an outcome");
  outcome.status = table_status(outcome.status);
  if (outcome.status == RunStatus::kCancelled) outcome.status = status_of(running.stop);
  const bool is_again = is_tried_again(row, outcome);
  // Before anybody is told: what the work uses may go away then.
  drop_work(row);
  if (is_again) {
    // An interruption is no failure: nothing has to get better before it goes on.
    const bool is_delayed = is_failure(outcome.status);
    put_back(row, is_delayed ? row.retry_delay.after(row.record->attempt) : Duration::zero());
    return;
  }
  if (outcome.status == RunStatus::kCompleted) {
    outcome.error.clear();
  } else if (outcome.error.empty()) {
    outcome.error = default_error(outcome.status, running.stop, row.record->timeout);
  }
  end(row, {.status = outcome.status,
            .started_at = running.started_at,
            .duration = now - running.since,
            .result = std::move(outcome.result),
            .error = std::move(outcome.error),
            .exit_code = outcome.exit_code});
}

bool TaskTable::Impl::is_tried_again(TaskRow& row, const TaskOutcome& outcome) {
  const std::optional<TaskVerdict> verdict = row.work ? row.work->verdict(outcome) : std::nullopt;
  if (verdict) return *verdict == TaskVerdict::kAgain;
  if (!is_failure(outcome.status) || row.retries_left == 0 || row.is_cancelled) return false;
  --row.retries_left;
  return true;
}

void TaskTable::Impl::put_back(TaskRow& row, Duration delay) {
  ++row.record->attempt;
  if (delay > Duration::zero()) {
    const SteadyTime due = later(clock_.steady_now(), delay);
    rows_.set_state(row, PendingTask{.not_before = due});
    timers_.emplace(due, row.key);
    row.timer = due;
  } else {
    rows_.set_state(row, PendingTask{});
  }
  place(row);
  tell_changed(row.record);
}

/// One that is pending, in its queue.
void TaskTable::Impl::place(TaskRow& row) {
  const TaskRecord& record = *row.record;
  QueuePlanner& planner = changed_planner();
  planner.remove(row.key);
  if (row.has_dependencies) {
    planner.hold(row.key, record.queue, record.priority, HoldReason::kDependency);
  } else if (record.pause) {
    planner.hold(row.key, record.queue, record.priority, HoldReason::kPause);
  } else if (record.pending()->not_before) {
    planner.hold(row.key, record.queue, record.priority, HoldReason::kRetry);
  } else {
    planner.add(row.key, record.queue, record.priority, record.resources);
  }
}

void TaskTable::Impl::end_delay(TaskRow& row) {
  rows_.set_state(row, PendingTask{});
  place(row);
  tell_changed(row.record);
}

void TaskTable::Impl::end(TaskRow& row, EndedTask state) {
  state.completed_at = clock_.wall_now();
  row.record->pause.reset();
  changed_planner().remove(row.key);
  rows_.set_state(row, std::move(state), clock_.steady_now());
  const TaskHandle task = row.record;
  const auto on_ended = std::exchange(row.on_ended, nullptr);
  row.make_work = nullptr;  // what it holds may be large
  tell_changed(task);       // the row may be gone from here on
  if (on_ended) call_back(*task, [&] { on_ended(task); });
}

void TaskTable::Impl::clear_up() {
  if (rows_.ended().empty()) return;
  const SteadyTime now = clock_.steady_now();
  while (!rows_.ended().empty()) {
    TaskRow& oldest = *rows_.find(rows_.ended().front());
    const bool is_old = settings_.clear_after && later(oldest.ended_at, *settings_.clear_after) <= now;
    if (!is_old && rows_.ended().size() <= settings_.keep) return;
    rows_.erase(oldest);
  }
}

void TaskTable::Impl::queue_turn(TaskRow& row) {
  if (std::exchange(row.is_ready, true)) return;
  next_.push_back(row.key);
}

/// When its timeout ends a running one; nullopt: nobody knows yet, or there is none.
std::optional<SteadyTime> TaskTable::Impl::limit_of(const TaskRow& row) {
  if (!row.record->timeout || row.record->pause) return std::nullopt;
  return later(later(row.record->running()->since, *row.record->timeout), row.stood);
}

/// The table's timer of a row whose work has just been stepped.
void TaskTable::Impl::set_timer(TaskRow& row) {
  std::optional<SteadyTime> due = row.work->next_deadline();
  if (row.record->running()->stop == StopReason::kNone) {
    if (const auto limit = limit_of(row)) due = due ? std::min(*due, *limit) : *limit;
  }
  if (due == row.timer) return;
  drop_timer(row);
  if (!due) return;
  timers_.emplace(*due, row.key);
  row.timer = due;
}

void TaskTable::Impl::drop_timer(TaskRow& row) {
  if (row.timer) timers_.erase({*row.timer, row.key});
  row.timer.reset();
}

/// Work that has not ended ends now.
void TaskTable::Impl::drop_work(TaskRow& row) {
  const std::unique_ptr<TaskWork> work = std::move(row.work);
  drop_timer(row);
}

void TaskTable::Impl::tell_changed(const TaskHandle& task) {
  if (settings_.on_changed) call_back(*task, [&] { settings_.on_changed(task); });
}

void TaskTable::Impl::tell_callback_error(const TaskRecord& task, std::string_view what) {
  if (!settings_.on_callback_error) return;
  try {
    settings_.on_callback_error(task, what);
  } catch (...) {
    // There is nobody left to tell.
  }
}

}  // namespace vnode
