// Coroutines as the work of tasks: rule 1.
#include <stdexcept>
#include <utility>

#include "base/at_end.h"
#include "tasks/callable_work.h"
#include "tasks/saturating_time.h"
#include "tasks/worker_job.h"

namespace vnode {
namespace {

using Body = std::function<Task<Result<Value>>(TaskContext&)>;

class CoroutineWork final : public TaskWork, private TaskContext, private Trampoline {
 public:
  CoroutineWork(const TaskRecord& task, const Clock& clock, Body body)
      : task_(task), clock_(clock), body_(std::move(body)) {}
  ~CoroutineWork() override;

  void start(std::function<void()> wake) override { wake_ = std::move(wake); }
  bool step(Duration budget) override;
  bool has_ready() const override;
  std::optional<SteadyTime> next_deadline() const override { return timer_; }
  void stop(StopReason) override { is_stopped_ = true; }
  TaskOutcome take_outcome() override;

 private:
  /// `co_await`: suspends until `has_ready`. Throws where it should not have suspended or gone on.
  struct Pause {
    CoroutineWork& work;
    bool await_ready() const noexcept { return work.is_stopped_; }
    void await_suspend(std::coroutine_handle<> self) const noexcept { work.paused_at_ = self; }
    void await_resume() const {
      if (work.is_stopped_) throw TaskStopped{};
    }
  };

  const TaskRecord& task() const override { return task_; }
  bool is_stopping() const override { return is_stopped_; }
  Task<void> sleep(Duration time) override;
  Task<void> yield() override;
  Task<Value> on_worker(WorkerPool& workers, std::function<Result<Value>()> job) override;

  void begin();
  bool is_done() const { return coroutine_ && coroutine_.done(); }

  const TaskRecord& task_;
  const Clock& clock_;
  const Body body_;  ///< a lambda's captures are in here, and the coroutine uses them
  std::function<void()> wake_;
  Task<Result<Value>> coroutine_;
  std::coroutine_handle<> paused_at_;
  std::optional<SteadyTime> timer_;  ///< it sleeps until then
  const WorkerJob* job_ = nullptr;   ///< it waits for that
  bool is_stopped_ = false;
};

/// Nothing suspends it any more once it is stopped, so it goes on to its end: long chains of coroutines are
/// unwound, not destroyed from the outside in.
CoroutineWork::~CoroutineWork() {
  if (!coroutine_ || is_done()) return;
  is_stopped_ = true;
  set_next(paused_at_);
  run();
}

bool CoroutineWork::step(Duration) {
  if (!has_ready()) return false;
  if (!coroutine_) {
    if (is_stopped_) return true;
    begin();
  } else {
    timer_.reset();
    set_next(paused_at_);
    run();
  }
  return is_done();
}

void CoroutineWork::begin() {
  coroutine_ = body_(*this);
  if (!coroutine_) throw std::runtime_error("there is no coroutine");
  coroutine_.start_on(*this);
  run();
}

bool CoroutineWork::has_ready() const {
  if (is_stopped_) return true;
  if (job_) return job_->is_done();
  return !timer_ || *timer_ <= clock_.steady_now();
}

TaskOutcome CoroutineWork::take_outcome() {
  if (!coroutine_) return {.status = RunStatus::kCancelled};
  try {
    Result<Value> result = coroutine_.take_result();
    if (!result) return {.status = RunStatus::kFailed, .error = describe(result.error())};
    return {.result = std::move(*result)};
  } catch (const TaskStopped&) {
    return {.status = RunStatus::kCancelled};
  }
}

Task<void> CoroutineWork::sleep(Duration time) {
  timer_ = later(clock_.steady_now(), time);
  Pause pause{*this};
  co_await pause;
}

Task<void> CoroutineWork::yield() {
  Pause pause{*this};
  co_await pause;
}

Task<Value> CoroutineWork::on_worker(WorkerPool& workers, std::function<Result<Value>()> function) {
  if (is_stopped_) throw TaskStopped{};
  WorkerJob job(workers, std::move(function), wake_);
  job_ = &job;
  const AtEnd forget([this] { job_ = nullptr; });
  Pause pause{*this};
  co_await pause;
  Result<Value> result = job.take_result();
  if (!result) throw std::runtime_error(describe(result.error()));
  co_return std::move(*result);
}

}  // namespace

WorkFactory coroutine(const Clock& clock, Body body) {
  return [&clock, body = std::move(body)](const TaskRecord& task) {
    return std::make_unique<CoroutineWork>(task, clock, body);
  };
}

}  // namespace vnode
