#pragma once

#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tasks/queue_planner.h"
#include "tasks/task_rows.h"
#include "tasks/task_table.h"
#include "tasks/wake_signal.h"

namespace vnode {

/// A step costs what it does: it looks at the rows that were woken, whose time has come or that said they are
/// ready, and at nothing else.
///
/// Rows that are running are never erased, so a reference to one holds while its work or a callback does what
/// it likes with the table. One that has ended may be gone after the next callback.
class TaskTable::Impl {
 public:
  Impl(const Clock& clock, TaskTableSettings settings);
  Impl(const Impl&) = delete;
  ~Impl();

  // What the host asks for: task_table.cpp.
  TaskHandle submit(TaskRequest request, WorkFactory make_work);
  bool cancel(std::string_view id);
  std::size_t cancel_all();
  bool pause(std::string_view id, RunPause how);
  bool unpause(std::string_view id);
  bool release(std::string_view id);
  void shut_down();
  void hold() { is_shutting_down_ = true; }
  std::size_t clear_ended();
  bool clear(std::string_view id);
  std::optional<WaitReason> why_waiting(std::string_view id);
  TaskKey borrow(LoanRequest request);
  void end_loan(TaskKey loan);
  std::optional<WaitReason> why_borrower_waits(std::string_view id) const;
  /// While nothing runs: something will by itself.
  bool is_delaying() const { return !timers_.empty() && !is_shutting_down_; }
  /// May make it possible to start something.
  QueuePlanner& changed_planner() {
    may_start_ = true;
    return planner_;
  }
  const QueuePlanner& planner() const { return planner_; }
  TaskRows& rows() { return rows_; }
  WakeInbox& inbox() { return *inbox_; }
  const Clock& clock() const { return clock_; }

  // What happens by itself: task_stepping.cpp.
  bool step(Duration budget);
  std::optional<SteadyTime> next_deadline() const;

 private:
  void cancel(TaskRow& row);
  void ask_to_stop(TaskRow& row, StopReason reason);

  void collect_ready();
  void end_cancelled();
  void start_pending(SteadyTime until);
  void start(TaskRow& row);
  bool lend(TaskKey key);
  std::string name_of(TaskKey key) const;
  void make_work(TaskRow& row);
  void take_turn(SteadyTime until);
  std::optional<TaskOutcome> advance(TaskRow& row, Duration budget);
  void end_attempt(TaskRow& row, TaskOutcome outcome);
  static bool is_tried_again(TaskRow& row, const TaskOutcome& outcome);
  void put_back(TaskRow& row, Duration delay);
  void end_delay(TaskRow& row);
  void place(TaskRow& row);
  void tell_pause(TaskRow& row);
  static std::optional<SteadyTime> limit_of(const TaskRow& row);
  void end(TaskRow& row, EndedTask state);
  void clear_up();

  bool has_work() const;
  void queue_turn(TaskRow& row);
  void set_timer(TaskRow& row);
  void drop_timer(TaskRow& row);
  void drop_work(TaskRow& row);
  void tell_changed(const TaskHandle& task);
  /// What `callback` throws is told to the host.
  template <class Callback>
  void call_back(const TaskRecord& task, Callback&& callback) {
    try {
      callback();
    } catch (const std::exception& error) {
      tell_callback_error(task, error.what());
    } catch (...) {
      tell_callback_error(task, "an unknown exception");
    }
  }
  void tell_callback_error(const TaskRecord& task, std::string_view what);

  const Clock& clock_;
  TaskTableSettings settings_;
  struct Loan {
    LoanRequest request;
    bool is_lent = false;
  };
  std::map<TaskKey, Loan> loans_;
  TaskRows rows_;
  QueuePlanner planner_;
  std::shared_ptr<WakeInbox> inbox_ = std::make_shared<WakeInbox>();
  std::deque<TaskKey> ready_;  ///< to get a turn in this step, or in the next when the time does not suffice
  std::vector<TaskKey> next_;  ///< in the next step
  std::vector<TaskKey> cancelled_;  ///< were pending; the next step ends them
  /// Of tasks that run, or wait before they are tried again; one each.
  std::set<std::pair<SteadyTime, TaskKey>> timers_;
  bool may_start_ = false;  ///< the planner was changed since it had nothing to offer
  bool is_stepping_ = false;
  bool is_shutting_down_ = false;
};

}  // namespace vnode
