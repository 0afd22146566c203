#include "tasks/task_table.h"

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "base/duration_text.h"
#include "tasks/task_table_impl.h"

namespace vnode {

TaskTable::Impl::Impl(const Clock& clock, TaskTableSettings settings)
    : clock_(clock), settings_(std::move(settings)) {
  std::size_t concurrency = settings_.default_concurrency;
  if (concurrency == 0) concurrency = std::thread::hardware_concurrency();
  planner_.set_queue("default", concurrency);
}

TaskTable::Impl::~Impl() {
  // Work that was left behind may still report; what it would wake may be gone by then.
  inbox_->set_wake(nullptr);
  settings_.on_changed = nullptr;
  settings_.on_callback_error = nullptr;
  is_shutting_down_ = true;
  for (auto& [key, row] : rows_.all()) {
    if (is_ended(row.record->status())) continue;
    drop_work(row);
    EndedTask ended{.status = RunStatus::kInterrupted,
                    .completed_at = clock_.wall_now(),
                    .error = "its task table was closed"};
    const SteadyTime now = clock_.steady_now();
    if (const RunningTask* running = row.record->running()) {
      ended.started_at = running->started_at;
      ended.duration = now - running->since;
    }
    rows_.set_state(row, std::move(ended), now);
  }
}

TaskHandle TaskTable::Impl::submit(TaskRequest request, WorkFactory make_work) {
  if (!planner_.has_queue(request.queue)) {
    throw std::invalid_argument("no queue is called '" + request.queue + "'");
  }
  for (const auto& [name, amount] : request.resources) {
    if (amount < 0) throw std::invalid_argument("a task cannot need a negative amount of '" + name + "'");
  }
  auto record = std::make_shared<TaskRecord>();
  record->id = std::move(request.id);
  record->description = std::move(request.description);
  record->queue = std::move(request.queue);
  record->priority = request.priority;
  record->attempt = request.attempt;
  record->workflow = std::move(request.workflow);
  record->created_at = clock_.wall_now();
  record->info = std::move(request.info);
  record->resources = std::move(request.resources);
  record->timeout = request.timeout;
  record->pause = request.pause;
  TaskRow& row = rows_.add(record);
  row.retries_left = request.retries;
  row.retry_delay = request.retry_delay;
  row.has_dependencies = request.has_dependencies;
  row.make_work = std::move(make_work);
  row.stands_since = clock_.steady_now();  // where it is paused
  row.on_ended = std::move(request.on_ended);
  place(row);
  tell_changed(record);
  return record;
}

bool TaskTable::Impl::cancel(std::string_view id) {
  TaskRow* row = rows_.find(id);
  if (!row || row->record->ended()) return false;
  cancel(*row);
  return true;
}

std::size_t TaskTable::Impl::cancel_all() {
  std::size_t asked = 0;
  for (auto& [key, row] : rows_.all()) {
    if (row.record->ended()) continue;
    cancel(row);
    ++asked;
  }
  return asked;
}

void TaskTable::Impl::cancel(TaskRow& row) {
  const bool is_first = !std::exchange(row.is_cancelled, true);
  if (const RunningTask* running = row.record->running()) {
    if (running->stop == StopReason::kNone) ask_to_stop(row, StopReason::kCancel);
  } else if (is_first) {
    drop_timer(row);
    changed_planner().remove(row.key);
    cancelled_.push_back(row.key);
  }
}

bool TaskTable::Impl::pause(std::string_view id, RunPause how) {
  if (how == RunPause::kNone) return unpause(id);
  TaskRow* row = rows_.find(id);
  if (!row || row->record->ended()) return false;
  std::optional<TaskPause>& pause = row->record->pause;
  if (pause && pause->how >= how) return true;
  if (pause) {
    pause->how = how;
  } else {
    pause = TaskPause{how, clock_.wall_now()};
    row->stands_since = clock_.steady_now();
  }
  tell_pause(*row);
  return true;
}

bool TaskTable::Impl::unpause(std::string_view id) {
  TaskRow* row = rows_.find(id);
  if (!row || row->record->ended()) return false;
  if (!row->record->pause) return true;
  row->record->pause.reset();
  row->stood += clock_.steady_now() - row->stands_since;
  tell_pause(*row);
  return true;
}

bool TaskTable::Impl::release(std::string_view id) {
  TaskRow* row = rows_.find(id);
  if (!row || !row->record->pending() || !std::exchange(row->has_dependencies, false)) return false;
  if (!row->is_cancelled) place(*row);
  tell_changed(row->record);
  return true;
}

void TaskTable::Impl::tell_pause(TaskRow& row) {
  if (row.record->pending()) {
    if (!row.is_cancelled) place(row);
  } else if (row.work) {
    row.work->pause(row.record->pause ? row.record->pause->how : RunPause::kNone);
    set_timer(row);
  }
  tell_changed(row.record);
}

/// Its next turn, which is soon, tells the work.
void TaskTable::Impl::ask_to_stop(TaskRow& row, StopReason reason) {
  RunningTask state = *row.record->running();
  state.stop = reason;
  rows_.set_state(row, state);
  queue_turn(row);
  tell_changed(row.record);
}

void TaskTable::Impl::shut_down() {
  is_shutting_down_ = true;
  for (auto& [key, row] : rows_.all()) {
    const RunningTask* running = row.record->running();
    if (running && running->stop == StopReason::kNone) ask_to_stop(row, StopReason::kShutdown);
  }
}

std::size_t TaskTable::Impl::clear_ended() {
  const std::size_t cleared = rows_.ended().size();
  while (!rows_.ended().empty()) rows_.erase(*rows_.find(rows_.ended().front()));
  return cleared;
}

bool TaskTable::Impl::clear(std::string_view id) {
  TaskRow* row = rows_.find(id);
  if (!row || !row->record->ended()) return false;
  rows_.erase(*row);
  return true;
}

std::string TaskTable::Impl::name_of(TaskKey key) const {
  const auto loan = loans_.find(key);
  return loan == loans_.end() ? rows_.find(key)->record->id : loan->second.request.borrower;
}

TaskKey TaskTable::Impl::borrow(LoanRequest request) {
  const TaskKey key = rows_.new_key();
  changed_planner().add_loan(key, request.priority, request.demands);
  loans_.emplace(key, Loan{.request = std::move(request)});
  return key;
}

void TaskTable::Impl::end_loan(TaskKey loan) {
  if (loans_.erase(loan) > 0) changed_planner().remove(loan);
}

std::optional<WaitReason> TaskTable::Impl::why_borrower_waits(std::string_view id) const {
  for (const auto& [key, loan] : loans_) {
    if (loan.is_lent || loan.request.borrower != id) continue;
    return planner_.why_waiting(key, [this](TaskKey other) { return name_of(other); });
  }
  return std::nullopt;
}

std::optional<WaitReason> TaskTable::Impl::why_waiting(std::string_view id) {
  const TaskRow* row = rows_.find(id);
  if (!row || row->record->status() != RunStatus::kPending) return std::nullopt;
  if (row->is_cancelled) return WaitReason{"cancelled", "was cancelled, ends with the next step"};
  if (is_shutting_down_) return WaitReason{"shutting_down", "nothing is started any more: shutting down"};
  WaitReason reason = planner_.why_waiting(row->key, [this](TaskKey key) { return name_of(key); });
  if (row->has_dependencies) return reason;
  if (row->record->pause) {
    reason.text = pause_text(*row->record->pause);
  } else if (const auto& due = row->record->pending()->not_before) {
    const Duration left = std::max<Duration>(*due - clock_.steady_now(), Duration::zero());
    reason.text =
        "attempt " + std::to_string(row->record->attempt) + " in " + duration_text(left) + ": " + reason.text;
  }
  return reason;
}

TaskTable::TaskTable(const Clock& clock, TaskTableSettings settings)
    : impl_(std::make_unique<Impl>(clock, std::move(settings))) {}
TaskTable::~TaskTable() = default;

TaskHandle TaskTable::submit(TaskRequest request, WorkFactory make_work) {
  return impl_->submit(std::move(request), std::move(make_work));
}

bool TaskTable::step(Duration budget) { return impl_->step(budget); }
std::optional<SteadyTime> TaskTable::next_deadline() const { return impl_->next_deadline(); }
void TaskTable::set_wake(std::function<void()> wake) { impl_->inbox().set_wake(std::move(wake)); }

void TaskTable::wait(const TaskHandle& task) {
  while (!is_ended(task->status())) {
    if (step() || is_ended(task->status())) continue;
    if (count(RunStatus::kRunning) == 0 && !impl_->is_delaying()) return;
    impl_->inbox().wait(next_deadline());
  }
}

bool TaskTable::cancel(std::string_view id) { return impl_->cancel(id); }
std::size_t TaskTable::cancel_all() { return impl_->cancel_all(); }
bool TaskTable::pause(std::string_view id, RunPause how) { return impl_->pause(id, how); }
bool TaskTable::unpause(std::string_view id) { return impl_->unpause(id); }
bool TaskTable::release(std::string_view id) { return impl_->release(id); }
void TaskTable::shut_down() { impl_->shut_down(); }
void TaskTable::hold() { impl_->hold(); }
std::size_t TaskTable::clear_ended() { return impl_->clear_ended(); }
bool TaskTable::clear(std::string_view id) { return impl_->clear(id); }

TaskHandle TaskTable::find(std::string_view id) const {
  const TaskRow* row = impl_->rows().find(id);
  return row ? row->record : nullptr;
}

std::vector<TaskHandle> TaskTable::all() const {
  std::vector<TaskHandle> tasks;
  for (const auto& [key, row] : impl_->rows().all()) tasks.push_back(row.record);
  return tasks;
}

std::size_t TaskTable::count(RunStatus status) const { return impl_->rows().count(status); }

Duration TaskTable::duration_of(const TaskRecord& task) const {
  if (const EndedTask* ended = task.ended()) return ended->duration;
  if (const RunningTask* running = task.running()) return impl_->clock().steady_now() - running->since;
  return Duration::zero();
}

TaskKey TaskTable::borrow(LoanRequest request) { return impl_->borrow(std::move(request)); }
void TaskTable::end_loan(TaskKey loan) { impl_->end_loan(loan); }
std::optional<WaitReason> TaskTable::why_borrower_waits(std::string_view id) const {
  return impl_->why_borrower_waits(id);
}
std::optional<WaitReason> TaskTable::why_waiting(std::string_view id) const { return impl_->why_waiting(id); }

void TaskTable::set_queue(const std::string& name, std::size_t concurrency) {
  impl_->changed_planner().set_queue(name, concurrency);
}

bool TaskTable::set_paused(std::string_view queue, bool is_paused) {
  if (!impl_->planner().has_queue(queue)) return false;
  impl_->changed_planner().set_paused(queue, is_paused);
  return true;
}

bool TaskTable::remove_queue(std::string_view queue) { return impl_->changed_planner().remove_queue(queue); }

void TaskTable::set_resource(const std::string& name, std::int64_t total) {
  impl_->changed_planner().set_resource(name, total);
}

void TaskTable::remove_resource(std::string_view name) { impl_->changed_planner().remove_resource(name); }
const QueuePlanner& TaskTable::planner() const { return impl_->planner(); }

}  // namespace vnode
