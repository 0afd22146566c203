#pragma once

#include <functional>
#include <memory>

#include "async/task.h"
#include "async/worker_pool.h"
#include "base/clock.h"
#include "base/error.h"
#include "tasks/task_table.h"

namespace vnode {

/// What a coroutine that is a task's work may do (rule 1). Everything that is awaited throws TaskStopped
/// once the task was asked to end; a coroutine that lets it pass has ended in order. Thread rule: the
/// owner's.
class TaskContext {
 public:
  virtual ~TaskContext() = default;
  virtual const TaskRecord& task() const = 0;
  virtual bool is_stopping() const = 0;
  virtual Task<void> sleep(Duration time) = 0;
  /// Lets the host have its frame.
  virtual Task<void> yield() = 0;
  /// Runs `job` on a worker thread and returns its result here. Its error is thrown as a std::runtime_error
  /// with the text of it, its exception as it is. A stop does not wait for it. Give a lambda that captures a
  /// name of its own before the `co_await`: GCC 12 destroys one twice that is written within.
  virtual Task<Value> on_worker(WorkerPool& workers, std::function<Result<Value>()> job) = 0;
};

/// Leaves what a task awaits once it was asked to end.
struct TaskStopped {};

/// Work that is done within one step, on the owner's thread.
WorkFactory callable(std::function<Result<Value>()> function);
/// The same on a thread of `workers`, which must outlive the table. A stop does not wait for it: its result
/// is dropped.
WorkFactory callable_on(WorkerPool& workers, std::function<Result<Value>()> function);
/// A coroutine, advanced step by step on the owner's thread: from one of the context's awaitables to the
/// next. An exception fails the task. `clock` is the table's. The function lives as long as its coroutine, so
/// it may be a lambda that captures; each attempt has a copy of its own.
WorkFactory coroutine(const Clock& clock, std::function<Task<Result<Value>>(TaskContext&)> function);

}  // namespace vnode
