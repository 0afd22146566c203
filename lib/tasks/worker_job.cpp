#include "tasks/worker_job.h"

#include <utility>

namespace vnode {

WorkerJob::WorkerJob(WorkerPool& workers, Function function, std::function<void()> wake) {
  workers.submit([state = state_, function = std::move(function), wake = std::move(wake)]() mutable {
    run(*state, std::exchange(function, nullptr));
    wake();
  });
}

WorkerJob::~WorkerJob() { state_->is_wanted = false; }

/// Takes the function, so that what it holds is released before the caller hears of the result.
void WorkerJob::run(State& state, Function function) {
  if (!state.is_wanted) return;
  try {
    state.result = function();
  } catch (...) {
    state.exception = std::current_exception();
  }
  function = nullptr;
  state.is_done = true;
}

bool WorkerJob::is_done() const { return state_->is_done; }

Result<Value> WorkerJob::take_result() {
  if (state_->exception) std::rethrow_exception(state_->exception);
  return std::move(*state_->result);
}

}  // namespace vnode
