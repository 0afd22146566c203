#include "engine/run.h"

#include <algorithm>
#include <filesystem>

#include "engine/executor.h"
#include "engine/run_state.h"

namespace vnode {
namespace {

/// cli.md's exit codes for runs that took place.
int exit_code(RunStatus status, StopReason reason) {
  switch (status) {
    case RunStatus::kCompleted:
      return 0;
    case RunStatus::kFailed:
      return 1;
    case RunStatus::kCancelled:
      return reason == StopReason::kTerminate ? 143 : 130;
    case RunStatus::kTimeout:
      return 124;
    case RunStatus::kInterrupted:
      return 5;
    case RunStatus::kInvalid:
      return 3;
  }
  return 125;
}

RunStatus final_status(StopReason reason, bool has_failures) {
  switch (reason) {
    case StopReason::kCancel:
    case StopReason::kTerminate:
      return RunStatus::kCancelled;
    case StopReason::kTimeout:
      return RunStatus::kTimeout;
    case StopReason::kFailFast:
      return RunStatus::kFailed;
    case StopReason::kShutdown:
      return RunStatus::kInterrupted;
    case StopReason::kNone:
      break;
  }
  return has_failures ? RunStatus::kFailed : RunStatus::kCompleted;
}

/// How long a step waits for code elsewhere, for each sign of it and in all.
constexpr Duration kHolderWait = std::chrono::milliseconds(1);
constexpr Duration kHolderTime = std::chrono::milliseconds(2);

std::string workflow_name(const std::string& path) {
  return path == "-" ? "-" : std::filesystem::path(path).stem().string();
}

}  // namespace

class Run::Impl {
 public:
  Impl(std::shared_ptr<const Plan> plan, RunServices services, EventSink& sink, RunOptions options)
      : plan_(std::move(plan)), options_(std::move(options)), state_(services, sink, options_) {}

  ~Impl() {
    // Work that was left behind may still report; what it would wake may be gone by then.
    state_.scheduler.inbox()->set_wake(nullptr);
    if (finished_ || !begun_) return;
    state_.stop(StopReason::kCancel);
    run_to_end();
  }

  bool poll() {
    if (finished_) return true;
    if (!begun_) begin();
    if (state_.deadline()) state_.check_deadline();
    if (state_.is_stopped()) cancel();
    state_.runtimes.pump(Duration::zero());
    state_.scheduler.begin_turns();
    if (!state_.scheduler.take_turns()) wait_for_holder();
    if (state_.is_stopped()) cancel();
    if (!state_.scheduler.has_chains()) end();
    if (!finished_ && !has_ready()) state_.runtimes.arm();
    return finished_;
  }

  const RunOutcome& run_to_end() {
    while (!poll()) {
      if (has_ready()) continue;
      state_.emitter.flush();
      state_.scheduler.inbox()->wait(next_deadline());
    }
    return outcome_;
  }

  bool has_ready() const {
    if (finished_) return false;
    if (!begun_ || state_.scheduler.has_ready() || (state_.is_stopped() && !stop_told_)) return true;
    const std::optional<SteadyTime> deadline = next_deadline();
    return deadline && *deadline <= state_.services.clock.steady_now();
  }

  std::optional<SteadyTime> next_deadline() const {
    std::optional<SteadyTime> deadline = state_.scheduler.next_deadline();
    if (state_.deadline() && !state_.is_stopped()) {
      deadline = deadline ? std::min(*deadline, *state_.deadline()) : *state_.deadline();
    }
    return deadline;
  }

  bool is_finished() const { return finished_; }
  RunState& state() { return state_; }
  const RunOutcome& outcome() const { return outcome_; }
  const Executor* executor() const { return executor_.get(); }
  const Plan& plan() const { return *plan_; }
  const Problems& problems() const { return problems_; }

 private:
  void begin() {
    begun_ = true;
    const Clock& clock = state_.services.clock;
    started_ = clock.steady_now();
    if (options_.timeout) state_.set_deadline(started_ + *options_.timeout);
    const std::string name = workflow_name(options_.workflow_path);
    const RunMode mode = plan_->graph().has_exec_wires() ? RunMode::kFlow : RunMode::kDataFlow;
    state_.emitter.emit(ExecutionStarted{options_.workflow_path, name, plan_->workflow().nodes.size(),
                                         plan_->workflow().connections.size(), mode, options_.attempt});
    state_.scheduler.run_new_chain([this](Chain& chain) { return execute(chain); }, nullptr);
  }

  Task<void> execute(Chain& chain) {
    std::exception_ptr failure;
    try {
      std::unique_ptr<ForeignLevel> foreign;
      if (plan_->data().has_foreign) {
        foreign = std::make_unique<ForeignLevel>(state_, nullptr);
        std::shared_ptr<const Plan> plan = co_await foreign->open(plan_, problems_);
        if (plan) plan_ = std::move(plan);
      }
      if (!has_errors(problems_)) {
        executor_ = std::make_unique<Executor>(state_, plan_, nullptr, false, std::move(foreign));
        co_await executor_->execute(chain);
      }
    } catch (...) {
      failure = std::current_exception();
    }
    if (executor_) executor_->detach();
    co_await state_.runtimes.close(chain);
    if (failure) std::rethrow_exception(failure);
  }

  /// A chain executes code elsewhere that is no suspension (rule 28): the step includes what comes back soon,
  /// since most of that code takes less time than going to sleep and being woken.
  void wait_for_holder() {
    const Clock& clock = state_.services.clock;
    const SteadyTime until = clock.steady_now() + kHolderTime;
    while (!state_.is_stopped() && state_.runtimes.pump(kHolderWait)) {
      if (state_.deadline()) state_.check_deadline();
      if (state_.scheduler.take_turns() || clock.steady_now() >= until) return;
    }
  }

  /// Rule 24.
  void cancel() {
    state_.scheduler.cancel_suspended();
    if (std::exchange(stop_told_, true)) return;
    state_.runtimes.stop();
  }

  void end() {
    finished_ = true;
    const StopReason reason = state_.stop_reason();
    const bool is_refused = has_errors(problems_) && reason == StopReason::kNone;
    outcome_.status =
        is_refused ? RunStatus::kInvalid : final_status(reason, executor_ && executor_->has_failures());
    outcome_.exit_code = exit_code(outcome_.status, reason);
    outcome_.duration = state_.services.clock.steady_now() - started_;
    if (executor_) {
      outcome_.nodes = executor_->count_nodes();
    } else {
      outcome_.nodes.never_started = plan_->workflow().nodes.size();
    }
    if (std::exception_ptr broken = state_.scheduler.broken()) {
      outcome_.status = RunStatus::kFailed;
      outcome_.exit_code = 125;
      outcome_.error = describe_bug(broken);
    } else {
      outcome_.error = describe_end(reason);
    }
    state_.emitter.emit(ExecutionFinished{
        outcome_.status, outcome_.exit_code, outcome_.duration, outcome_.nodes,
        is_refused ? std::span<const Problem>(problems_) : std::span<const Problem>(), outcome_.error});
    state_.emitter.flush();
  }

  /// What the error column of the run says.
  std::string describe_end(StopReason reason) const {
    if (outcome_.status == RunStatus::kInvalid) return "the workflow is not valid";
    if (reason == StopReason::kTimeout) return "the run's timeout ended it";
    if (reason == StopReason::kShutdown) return "the daemon was shut down";
    const bool has_error = outcome_.status == RunStatus::kFailed && !executor_->errors().empty();
    return has_error ? executor_->errors().front() : std::string();
  }

  static std::string describe_bug(std::exception_ptr broken) {
    try {
      std::rethrow_exception(broken);
    } catch (const std::exception& error) {
      return std::string("a bug in vnode: ") + error.what();
    } catch (...) {
      return "a bug in vnode: an unknown exception left a chain";
    }
  }

  std::shared_ptr<const Plan> plan_;
  const RunOptions options_;
  RunState state_;
  std::unique_ptr<Executor> executor_;
  SteadyTime started_;
  RunOutcome outcome_;
  Problems problems_;  ///< of making the instances that live in runtimes
  bool begun_ = false;
  bool stop_told_ = false;
  bool finished_ = false;
};

Run::Run(std::shared_ptr<const Plan> plan, RunServices services, EventSink& sink, RunOptions options)
    : impl_(std::make_unique<Impl>(std::move(plan), services, sink, std::move(options))) {}

Run::~Run() = default;

bool Run::poll() { return impl_->poll(); }

bool Run::poll(Duration budget) {
  const Clock& clock = impl_->state().services.clock;
  const SteadyTime now = clock.steady_now();
  const SteadyTime until = budget < SteadyTime::max() - now ? now + budget : SteadyTime::max();
  while (!impl_->poll() && impl_->has_ready() && clock.steady_now() < until) {
  }
  return impl_->is_finished();
}

const RunOutcome& Run::run_to_end() { return impl_->run_to_end(); }
bool Run::finished() const { return impl_->is_finished(); }
bool Run::has_ready() const { return impl_->has_ready(); }
std::optional<SteadyTime> Run::next_deadline() const { return impl_->next_deadline(); }
void Run::set_wake(std::function<void()> wake) {
  impl_->state().scheduler.inbox()->set_wake(std::move(wake));
}
void Run::stop(StopReason reason) { impl_->state().stop(reason); }
const RunOutcome& Run::outcome() const { return impl_->outcome(); }
const Problems& Run::problems() const { return impl_->problems(); }

const Value* Run::result(const Uuid& instance_id, std::string_view port) const {
  const auto index = impl_->plan().graph().find(instance_id);
  return index && impl_->executor() ? impl_->executor()->result(*index, port) : nullptr;
}

Dict Run::results(const Uuid& instance_id) const {
  const auto index = impl_->plan().graph().find(instance_id);
  return index && impl_->executor() ? impl_->executor()->results(*index) : Dict();
}

namespace {

void report_ends(EventSink& sink, const Clock& clock, const RunOptions& options, const Workflow* workflow,
                 ExecutionFinished finished) {
  Emitter emitter(sink, clock, options.run_id, options.last_seq);
  const std::string name = workflow_name(options.workflow_path);
  ExecutionStarted started{options.workflow_path, name, 0, 0, RunMode::kFlow, options.attempt};
  if (workflow) {
    started.nodes = workflow->nodes.size();
    started.connections = workflow->connections.size();
    const bool flow = std::any_of(workflow->connections.begin(), workflow->connections.end(),
                                  [](const Connection& connection) { return connection.is_exec; });
    started.mode = flow ? RunMode::kFlow : RunMode::kDataFlow;
  }
  emitter.emit(started);
  finished.nodes.never_started = started.nodes;
  emitter.emit(finished);
  emitter.flush();
}

}  // namespace

void report_refusal(EventSink& sink, const Clock& clock, const RunOptions& options, const Workflow* workflow,
                    const Problems& problems) {
  report_ends(sink, clock, options, workflow,
              {.status = RunStatus::kInvalid,
               .exit_code = 3,
               .problems = problems,
               .error = "the workflow is not valid"});
}

void report_interrupted(EventSink& sink, const Clock& clock, const RunOptions& options,
                        const RunOutcome& outcome) {
  Emitter emitter(sink, clock, options.run_id, options.last_seq);
  emitter.emit(ExecutionFinished{.status = outcome.status,
                                 .exit_code = outcome.exit_code,
                                 .nodes = outcome.nodes,
                                 .error = outcome.error});
  emitter.flush();
}

void report_unstarted(EventSink& sink, const Clock& clock, const RunOptions& options,
                      const Workflow* workflow, const RunOutcome& outcome) {
  report_ends(sink, clock, options, workflow,
              {.status = outcome.status, .exit_code = outcome.exit_code, .error = outcome.error});
}

}  // namespace vnode
