#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tasks/task_table.h"
#include "tasks/wake_signal.h"

namespace vnode {

/// A task as its table keeps it: the record that everybody reads, and what only the table knows.
struct TaskRow {
  TaskKey key = 0;
  std::shared_ptr<TaskRecord> record;
  int retries_left = 0;
  RetryDelay retry_delay;
  WorkFactory make_work;
  std::function<void(const TaskHandle&)> on_ended;

  bool has_dependencies = false;  ///< it is not started before they have ended

  std::optional<SteadyTime> timer;  ///< as it is in the table's timers: its work's, or of its next attempt

  // While it runs.
  std::unique_ptr<TaskWork> work;
  std::shared_ptr<WakeSignal> signal;
  bool is_ready = false;  ///< it is in one of the table's lists of those to step
  bool is_stop_told = false;
  Duration stood{};         ///< in pauses; its timeout does not count them
  SteadyTime stands_since;  ///< while it is paused

  bool is_cancelled = false;  ///< by somebody, in whatever state
  SteadyTime ended_at;        ///< what clearing up goes by
  std::list<TaskKey>::iterator ended_place;
};

/// The rows in order of submission. They stay where they are in memory until they are erased.
class TaskRows {
 public:
  /// Numbers the task, and gives it an id if it has none. std::invalid_argument when its id is taken.
  TaskRow& add(std::shared_ptr<TaskRecord> record);
  /// A key for something else, in the order of the tasks'.
  TaskKey new_key() { return ++last_key_; }
  /// Only of one that has ended.
  void erase(TaskRow& row);

  TaskRow* find(TaskKey key);
  const TaskRow* find(TaskKey key) const;
  TaskRow* find(std::string_view id);
  /// In order of submission. Adding and erasing other rows is fine meanwhile.
  std::map<TaskKey, TaskRow>& all() { return rows_; }
  /// Those that have ended, the first one first.
  const std::list<TaskKey>& ended() const { return ended_; }

  void set_state(TaskRow& row, PendingTask state);
  void set_state(TaskRow& row, RunningTask state);
  void set_state(TaskRow& row, EndedTask state, SteadyTime now);
  std::size_t count(RunStatus status) const { return counts_[static_cast<std::size_t>(status)]; }

 private:
  template <class State>
  void replace_state(TaskRow& row, State state);
  std::size_t& counter(const TaskRow& row) { return counts_[static_cast<std::size_t>(row.record->status())]; }

  std::map<TaskKey, TaskRow> rows_;
  std::map<std::string, TaskKey, std::less<>> ids_;
  std::list<TaskKey> ended_;
  std::array<std::size_t, kTableStatuses.size()> counts_{};
  TaskKey last_key_ = 0;
  std::uint64_t last_number_ = 0;
};

}  // namespace vnode
