#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "tasks/queue_planner.h"
#include "tasks/retry_delay.h"
#include "tasks/task_record.h"
#include "tasks/task_work.h"

namespace vnode {

/// What a submitter says of a task.
struct TaskRequest {
  std::string id = {};  ///< empty: the table numbers it; one that is taken throws std::invalid_argument
  std::string description = {};
  std::string queue = "default";
  int priority = 0;
  Demands resources = {};
  std::optional<Duration> timeout = std::nullopt;  ///< of each attempt, from its start, but for pauses
  int retries = 0;                                 ///< further attempts after a failure or a timeout
  RetryDelay retry_delay = {};                     ///< what each of them waits for; as it is: nothing
  int attempt = 1;                                 ///< of the next start; more than 1 after an interruption
  std::optional<TaskPause> pause = std::nullopt;   ///< it is submitted as one that is paused
  bool has_dependencies = false;  ///< it is not started before `release`, which is for who knows of them
  std::string workflow = {};
  Value info = {};
  /// Called once, when the task has ended, whatever way, by the step that notices it (rule 4). What it throws
  /// is given to the table's `on_callback_error` and harms nothing.
  std::function<void(const TaskHandle&)> on_ended = {};
};

/// What a running task needs of the table's resources for a part of its work, beyond what it holds.
struct LoanRequest {
  std::string borrower;  ///< the task's id
  int priority = 0;      ///< the task's
  Demands demands = {};
  std::function<void()> on_lent = {};  ///< called by the step that lends it, once
};

/// Makes the work of an attempt, when its turn has come. What it throws fails the task.
using WorkFactory = std::function<std::unique_ptr<TaskWork>(const TaskRecord&)>;

struct TaskTableSettings {
  std::optional<Duration> clear_after = std::nullopt;  ///< ended tasks leave the table when older than that
  std::size_t keep = 1000;                             ///< and the oldest when there are more
  std::size_t default_concurrency = 0;                 ///< of the queue "default"; 0: as many as cores
  /// Told of every change: submitted, started, asked to stop, queued again, ended; before `on_ended`.
  std::function<void(const TaskHandle&)> on_changed = {};
  std::function<void(const TaskRecord&, std::string_view what)> on_callback_error = {};
};

/// Tracked tasks (tasks and daemon, rules 1 to 7): ordered queues, the task table, timeouts, clean-up.
///
/// It has no thread of its own. A host with a loop steps it:
///
///     TaskTable tasks(clock);
///     TaskHandle task = tasks.submit({.description = "cook"}, callable([] { return Value(1); }));
///     while (!is_ended(task->status())) { tasks.step(budget); ...the rest of the frame... }
///
/// and one that wants to sleep does so until `next_deadline()` or until the wake function is called.
///
/// Thread rule: the owner's thread; `set_wake`'s function is called from any thread. Submitting, cancelling
/// and clearing from within a callback or from work is fine; stepping, waiting and destroying is not.
/// Destroying it ends all work; nothing is called back then, and what had not ended is interrupted.
class TaskTable {
 public:
  explicit TaskTable(const Clock& clock, TaskTableSettings settings = {});
  TaskTable(const TaskTable&) = delete;
  ~TaskTable();

  /// Returns at once. std::invalid_argument for a queue that does not exist, an id that is taken or a
  /// negative amount of a resource.
  TaskHandle submit(TaskRequest request, WorkFactory make_work);

  /// Starts what may start, steps what is ready (each work once), ends what is over its time, calls back,
  /// clears up. Gets on by one task at least, whatever the budget. Returns whether there is anything left to
  /// do at once. std::logic_error from within a step.
  bool step(Duration budget = std::chrono::milliseconds(5));
  /// When the next step is due, if nothing wakes before; now when there is something to do at once.
  std::optional<SteadyTime> next_deadline() const;
  /// When this has returned the function before it is not running any more. It must not call the table.
  void set_wake(std::function<void()> wake);
  /// Steps and sleeps until the task has ended: for programs without a loop. Returns before that when it is
  /// pending and nothing runs or is to be tried again that could let it start (its queue is paused, it asks
  /// for more than there is).
  void wait(const TaskHandle& task);

  /// Pending: ended by the next step. Running: asked to end; not tried again in any case. False when it has
  /// ended already or is not there.
  bool cancel(std::string_view id);
  /// Of all that have not ended; how many.
  std::size_t cancel_all();
  /// Pending: it is not started, keeps its place, and asks for no resource; in a queue of concurrency 1 those
  /// behind it wait for it. Running: its work is told, and its timeout stands still; what it holds it keeps.
  /// Again: a kStop adds to a kHold. False when it has ended or is not there.
  bool pause(std::string_view id, RunPause how);
  bool unpause(std::string_view id);  ///< false when it has ended or is not there
  /// Those that it has to wait for have ended: from here on it is as any other in its queue, at its place.
  /// Nobody behind it has waited for it. False when it is not there, or waits for none.
  bool release(std::string_view id);
  /// Asks everything that is running to end, as interrupted; nothing more is started from now on. Pending
  /// tasks stay pending, and one that fails meanwhile and has a retry left is pending again.
  void shut_down();
  /// Nothing more is started from now on; what runs goes on.
  void hold();
  /// Removes what has ended; how many.
  std::size_t clear_ended();
  bool clear(std::string_view id);  ///< false: not there, or not ended

  TaskHandle find(std::string_view id) const;  ///< null when not there
  std::vector<TaskHandle> all() const;         ///< in order of submission
  std::size_t count(RunStatus status) const;
  /// Elapsed so far, or of the whole run.
  Duration duration_of(const TaskRecord& task) const;
  /// For a pending task; nullopt otherwise.
  std::optional<WaitReason> why_waiting(std::string_view id) const;

  /// Queues and resources; a change takes effect with the next step.
  void set_queue(const std::string& name, std::size_t concurrency);
  bool set_paused(std::string_view queue, bool is_paused);  ///< false: no such queue
  bool remove_queue(std::string_view queue);                ///< false: no such queue, or not empty
  void set_resource(const std::string& name, std::int64_t total);
  void remove_resource(std::string_view name);
  const QueuePlanner& planner() const;

  /// In the order of the tasks: it waits until all of that is free. Also while nothing is started any more.
  TaskKey borrow(LoanRequest request);
  /// Gives it back, or asks for it no longer.
  void end_loan(TaskKey loan);
  /// What the task waits for as a borrower; nullopt when for nothing.
  std::optional<WaitReason> why_borrower_waits(std::string_view id) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vnode
