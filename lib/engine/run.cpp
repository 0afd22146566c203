#include "engine/run.h"

#include <algorithm>
#include <filesystem>

#include "base/descriptor_room.h"
#include "engine/level.h"
#include "engine/recording.h"
#include "engine/run_state.h"
#include "model/value_mask.h"

namespace vnode {
namespace {

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
    if (state_.has_deadline()) state_.check_deadline();
    if (state_.is_stopped()) cancel();
    take_pause();
    state_.runtimes.pump(Duration::zero());
    state_.scheduler.begin_turns();
    if (!state_.scheduler.take_turns() && !state_.scheduler.is_held_to_settle()) wait_for_holder();
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
    if (pause_ != wanted_pause()) return true;
    const std::optional<SteadyTime> deadline = next_deadline();
    return deadline && *deadline <= state_.services.clock.steady_now();
  }

  std::optional<SteadyTime> next_deadline() const {
    std::optional<SteadyTime> deadline = state_.scheduler.next_deadline();
    const std::optional<SteadyTime> end = state_.deadline();
    return deadline && end ? std::min(*deadline, *end) : (deadline ? deadline : end);
  }

  bool is_finished() const { return finished_; }
  RunState& state() { return state_; }
  const RunOutcome& outcome() const { return outcome_; }
  const Level* level() const { return level_.get(); }
  const Plan& plan() const { return *plan_; }
  const Problems& problems() const { return problems_; }
  const SecretMask& secret_mask() const { return *state_.secret_mask; }
  /// What anybody may see of a result. Valid until the next call.
  const Value* shown(const Value* result) {
    if (!result || secret_mask().is_empty()) return result;
    shown_ = ValueMask(secret_mask()).apply(*result);
    return &shown_;
  }

 private:
  void begin() {
    begun_ = true;
    const Clock& clock = state_.services.clock;
    started_ = clock.steady_now();
    if (options_.timeout) state_.set_deadline(state_.scheduler.run_time().now() + *options_.timeout);
    const std::string name = workflow_name(options_.workflow_path);
    const RunMode mode = plan_->graph().has_exec_wires() ? RunMode::kFlow : RunMode::kDataFlow;
    state_.emitter.emit(ExecutionStarted{options_.workflow_path, name, plan_->workflow().nodes.size(),
                                         plan_->workflow().connections.size(), mode, options_.attempt});
    if (state_.recorder) {
      state_.recorder->begin_run({options_.run_id, options_.attempt, state_.seed(), plan_->workflow(),
                                  plan_->data().types, state_.secret_mask});
    }
    take_pause();
    state_.scheduler.run_new_chain([this](Chain& chain) { return execute(chain); }, nullptr);
  }

  Task<void> execute(Chain& chain) {
    std::exception_ptr failure;
    try {
      std::unique_ptr<RuntimeLevel> runtime_level =
          co_await RuntimeLevel::open(state_, nullptr, plan_, 0, problems_);
      if (!has_errors(problems_)) {
        level_ = std::make_unique<Level>(state_, plan_, LevelContext{}, std::move(runtime_level));
        co_await level_->execute(chain);
      }
    } catch (...) {
      failure = std::current_exception();
    }
    if (level_) level_->detach();
    co_await state_.runtimes.close(chain);
    if (state_.recorder) {
      state_.recorder->end_run(state_.is_stopped());
      if (!state_.recorder->is_settled() || state_.recorder->has_failed())
        co_await settle_records(state_, chain, false, SuspendedFor::kFiring);
    }
    if (failure) std::rethrow_exception(failure);
  }

  /// A chain executes code elsewhere that is no suspension (rule 28): the step includes what comes back soon,
  /// since most of that code takes less time than going to sleep and being woken.
  void wait_for_holder() {
    const Clock& clock = state_.services.clock;
    const SteadyTime until = clock.steady_now() + kHolderTime;
    while (!state_.is_stopped() && state_.runtimes.pump(kHolderWait)) {
      if (state_.has_deadline()) state_.check_deadline();
      if (state_.scheduler.take_turns() || clock.steady_now() >= until) return;
    }
  }

  /// Rule 24.
  void cancel() {
    state_.scheduler.cancel_suspended();
    if (std::exchange(stop_told_, true)) return;
    state_.runtimes.stop();
  }

  RunPause wanted_pause() const { return state_.is_stopped() ? RunPause::kNone : state_.gate.asked(); }

  /// Rule 39.
  void take_pause() {
    const RunPause wanted = wanted_pause();
    if (wanted == RunPause::kNone) state_.gate.open();
    if (wanted == pause_) return;
    const RunPause before = std::exchange(pause_, wanted);
    const SteadyTime now = state_.services.clock.steady_now();
    if (before == RunPause::kNone) {
      paused_since_ = now;
      state_.scheduler.run_time().stand_still();
      state_.resources.hold();
    }
    // A stop has told the processes to end before they go on.
    if (wanted == RunPause::kStop) state_.runtimes.freeze();
    if (before == RunPause::kStop) state_.runtimes.thaw();
    if (wanted == RunPause::kNone) {
      state_.scheduler.run_time().go_on();
      state_.resources.release();
      state_.emitter.emit(ExecutionUnpaused{now - paused_since_});
    } else {
      state_.emitter.emit(ExecutionPaused{wanted == RunPause::kStop});
    }
    state_.emitter.flush();
  }

  void end() {
    finished_ = true;
    for (Problem& problem : problems_) mask_problem(*state_.secret_mask, problem);
    const StopReason reason = state_.stop_reason();
    const Problem* shortage = reason == StopReason::kNone ? find_shortage() : nullptr;
    const bool is_refused = has_errors(problems_) && reason == StopReason::kNone && !shortage;
    outcome_.status = shortage ? RunStatus::kFailed : final_status(reason, is_refused);
    outcome_.exit_code = exit_code_of(outcome_.status, reason);
    outcome_.duration = state_.services.clock.steady_now() - started_;
    if (level_) {
      outcome_.nodes = level_->count_nodes();
    } else {
      outcome_.nodes.never_started = plan_->workflow().nodes.size();
    }
    if (std::exception_ptr broken = state_.scheduler.broken()) {
      outcome_.status = RunStatus::kFailed;
      outcome_.exit_code = kExitInternal;
      outcome_.error = state_.secret_mask->apply(describe_bug(broken));
    } else {
      outcome_.error = state_.secret_mask->apply(shortage ? shortage->message : describe_end());
    }
    state_.emitter.emit(ExecutionFinished{
        outcome_.status, outcome_.exit_code, outcome_.duration, outcome_.nodes,
        is_refused ? std::span<const Problem>(problems_) : std::span<const Problem>(), outcome_.error});
    state_.emitter.flush();
  }

  /// What is no fault of the workflow, and passes.
  const Problem* find_shortage() const {
    const auto found = std::find_if(problems_.begin(), problems_.end(),
                                    [](const Problem& problem) { return problem.code == kNoDescriptors; });
    return found == problems_.end() ? nullptr : &*found;
  }

  RunStatus final_status(StopReason reason, bool is_refused) const {
    if (is_refused) return RunStatus::kInvalid;
    if (reason != StopReason::kNone) return status_of(reason);
    const bool has_failed = level_ && (level_->has_failures() || fails_over_error_logs());
    return has_failed ? RunStatus::kFailed : RunStatus::kCompleted;
  }

  bool fails_over_error_logs() const {
    return options_.logged_errors == LoggedErrors::kFail && level_->error_logs().count > 0;
  }

  /// What the error column of the run says.
  std::string describe_end() const {
    if (state_.stop_reason() == StopReason::kOutputFailed) {
      if (!state_.output_error().empty()) return state_.output_error();
      const std::optional<Error> error = state_.recorder->error();
      return "the journal: " + (error ? describe(*error) : std::string("it cannot be written"));
    }
    if (outcome_.status != RunStatus::kFailed) return std::string(sentence_of(outcome_.status));
    const ErrorLogs& logged = level_->error_logs();
    if (level_->errors().empty()) return describe(logged);
    const std::string more = logged.count > 0 ? " (and " + describe(logged) + ")" : std::string();
    return level_->errors().front() + more;
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
  std::unique_ptr<Level> level_;
  SteadyTime started_;
  RunOutcome outcome_;
  Value shown_;                       ///< what was asked for last, masked
  Problems problems_;                 ///< of making the instances that live in runtimes
  RunPause pause_ = RunPause::kNone;  ///< as it was told
  SteadyTime paused_since_;
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
void Run::pause(RunPause pause) { impl_->state().gate.ask(pause); }
const RunOutcome& Run::outcome() const { return impl_->outcome(); }
const Problems& Run::problems() const { return impl_->problems(); }

const Value* Run::result(const Uuid& instance_id, std::string_view port) const {
  const auto index = impl_->plan().graph().find(instance_id);
  return index && impl_->level() ? impl_->shown(impl_->level()->result(*index, port)) : nullptr;
}

Dict Run::results(const Uuid& instance_id) const {
  const auto index = impl_->plan().graph().find(instance_id);
  if (!index || !impl_->level()) return {};
  return ValueMask(impl_->secret_mask()).apply(impl_->level()->results(*index)).as_dict();
}

namespace {

void report_ends(EventSink& sink, const Clock& clock, const RunOptions& options, const Workflow* workflow,
                 ExecutionFinished finished) {
  const SecretMask mask(options.environment.secrets);
  Emitter emitter(sink, clock, mask, options.run_id, options.last_seq);
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
               .exit_code = exit_code_of(RunStatus::kInvalid),
               .problems = problems,
               .error = sentence_of(RunStatus::kInvalid)});
}

void report_interrupted(EventSink& sink, const Clock& clock, const RunOptions& options,
                        const RunOutcome& outcome) {
  const SecretMask mask(options.environment.secrets);
  Emitter emitter(sink, clock, mask, options.run_id, options.last_seq);
  emitter.emit(ExecutionFinished{.status = outcome.status,
                                 .exit_code = outcome.exit_code,
                                 .duration = outcome.duration,
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
