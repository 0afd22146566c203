#include "tasks/callable_work.h"

#include <utility>

#include "tasks/worker_job.h"

namespace vnode {
namespace {

TaskOutcome outcome_of(Result<Value> result) {
  if (!result) return {.status = RunStatus::kFailed, .error = describe(result.error())};
  return {.result = std::move(*result)};
}

/// Work that ends in the step that it gets after its start, unless it is stopped before. What its function
/// throws goes on to the table.
class CallableWork final : public TaskWork {
 public:
  explicit CallableWork(std::function<Result<Value>()> function) : function_(std::move(function)) {}

  void start(std::function<void()>) override {}
  bool step(Duration) override {
    outcome_ = is_stopped_ ? TaskOutcome{.status = RunStatus::kCancelled} : outcome_of(function_());
    return true;
  }
  bool has_ready() const override { return true; }
  std::optional<SteadyTime> next_deadline() const override { return std::nullopt; }
  void stop(StopReason) override { is_stopped_ = true; }
  TaskOutcome take_outcome() override { return std::move(outcome_); }

 private:
  std::function<Result<Value>()> function_;
  TaskOutcome outcome_;
  bool is_stopped_ = false;
};

class CallableOnWorker final : public TaskWork {
 public:
  CallableOnWorker(WorkerPool& workers, std::function<Result<Value>()> function)
      : workers_(workers), function_(std::move(function)) {}

  void start(std::function<void()> wake) override {
    job_.emplace(workers_, std::move(function_), std::move(wake));
  }
  bool step(Duration) override {
    if (!has_ready()) return false;
    outcome_ =
        job_->is_done() ? outcome_of(job_->take_result()) : TaskOutcome{.status = RunStatus::kCancelled};
    return true;
  }
  bool has_ready() const override { return is_stopped_ || job_->is_done(); }
  std::optional<SteadyTime> next_deadline() const override { return std::nullopt; }
  void stop(StopReason) override { is_stopped_ = true; }
  TaskOutcome take_outcome() override { return std::move(outcome_); }

 private:
  WorkerPool& workers_;
  std::function<Result<Value>()> function_;
  std::optional<WorkerJob> job_;
  TaskOutcome outcome_;
  bool is_stopped_ = false;
};

}  // namespace

WorkFactory callable(std::function<Result<Value>()> function) {
  return [function = std::move(function)](const TaskRecord&) {
    return std::make_unique<CallableWork>(function);
  };
}

WorkFactory callable_on(WorkerPool& workers, std::function<Result<Value>()> function) {
  return [&workers, function = std::move(function)](const TaskRecord&) {
    return std::make_unique<CallableOnWorker>(workers, function);
  };
}

}  // namespace vnode
