#include "tasks/task_rows.h"

#include <stdexcept>

namespace vnode {

TaskRow& TaskRows::add(std::shared_ptr<TaskRecord> record) {
  if (record->id.empty()) {
    do {
      record->id = std::to_string(++last_number_);
    } while (ids_.contains(record->id));
  } else if (ids_.contains(record->id)) {
    throw std::invalid_argument("there is a task with the id '" + record->id + "' already");
  }
  const TaskKey key = ++last_key_;
  ids_.emplace(record->id, key);
  TaskRow& row = rows_[key];
  row.key = key;
  row.record = std::move(record);
  ++counter(row);
  return row;
}

void TaskRows::erase(TaskRow& row) {
  --counter(row);
  ended_.erase(row.ended_place);
  ids_.erase(row.record->id);
  rows_.erase(row.key);
}

TaskRow* TaskRows::find(TaskKey key) {
  const auto at = rows_.find(key);
  return at == rows_.end() ? nullptr : &at->second;
}

const TaskRow* TaskRows::find(TaskKey key) const {
  const auto at = rows_.find(key);
  return at == rows_.end() ? nullptr : &at->second;
}

TaskRow* TaskRows::find(std::string_view id) {
  const auto at = ids_.find(id);
  return at == ids_.end() ? nullptr : find(at->second);
}

template <class State>
void TaskRows::replace_state(TaskRow& row, State state) {
  --counter(row);
  row.record->state = std::move(state);
  ++counter(row);
}

void TaskRows::set_state(TaskRow& row, PendingTask state) { replace_state(row, state); }

void TaskRows::set_state(TaskRow& row, RunningTask state) { replace_state(row, state); }

void TaskRows::set_state(TaskRow& row, EndedTask state, SteadyTime now) {
  replace_state(row, std::move(state));
  row.ended_at = now;
  row.ended_place = ended_.insert(ended_.end(), row.key);
}

}  // namespace vnode
