#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <optional>

#include "async/worker_pool.h"
#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// One call on a worker thread, whose caller may lose interest in it. Thread rule: the caller's thread.
class WorkerJob {
 public:
  using Function = std::function<Result<Value>()>;

  /// `wake` is called on the worker's thread when the result is there, also when the job is gone by then.
  WorkerJob(WorkerPool& workers, Function function, std::function<void()> wake);
  WorkerJob(const WorkerJob&) = delete;
  /// Does not wait for the call; one that has not begun does not take place.
  ~WorkerJob();

  bool is_done() const;
  /// Once, when it is done; rethrows what the call threw.
  Result<Value> take_result();

 private:
  struct State {
    std::atomic<bool> is_wanted = true;
    std::atomic<bool> is_done = false;
    // Read when `is_done` says so.
    std::optional<Result<Value>> result;
    std::exception_ptr exception;
  };
  static void run(State& state, Function function);

  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace vnode
