#pragma once

#include <atomic>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "engine/emitter.h"
#include "engine/pause_gate.h"
#include "engine/recorder.h"
#include "engine/resumption.h"
#include "engine/run.h"
#include "engine/runtimes.h"
#include "engine/scheduler.h"
#include "node/node_failure.h"
#include "node/resource_pool.h"

namespace vnode {

/// What all executors of one run share: the run's own level, and those of its groups.
class RunState {
 public:
  RunState(RunServices run_services, EventSink& sink, const RunOptions& run_options)
      : services(run_services),
        options(run_options),
        secret_mask(std::make_shared<SecretMask>(run_options.environment.secrets)),
        scheduler(run_services.clock),
        resources(run_services.workers.threads(), run_options.resources, run_services.lender,
                  [inbox = scheduler.inbox()](std::function<void()> work) { inbox->post(std::move(work)); }),
        emitter(sink, run_services.clock, *secret_mask, run_options.run_id, run_options.last_seq),
        recorder(run_services.recorder),
        resumption(run_services.resumption),
        rehearsal(run_services.rehearsal) {
    scheduler.set_recorder(recorder);
    if (resumption) scheduler.keep_order(resumption->order());
  }

  RunServices services;
  const RunOptions& options;
  const std::shared_ptr<SecretMask> secret_mask;  ///< shared with what may outlive the run
  Scheduler scheduler;
  PauseGate gate{scheduler};
  ResourcePool resources;  ///< as many slots as there are worker threads
  Emitter emitter;
  Recorder* const recorder;      ///< null: none
  Resumption* const resumption;  ///< of an earlier run; null: none
  Rehearsal* const rehearsal;    ///< null: the run is meant
  Runtimes runtimes{*this};

  /// The first reason counts. Any thread.
  void stop(StopReason reason) {
    StopReason none = StopReason::kNone;
    if (reason_->compare_exchange_strong(none, reason)) scheduler.inbox()->notify();
  }
  StopReason stop_reason() const { return reason_->load(std::memory_order_relaxed); }
  bool is_stopped() const { return stop_reason() != StopReason::kNone; }
  /// Shared with work on other threads, which may outlive the run.
  std::shared_ptr<const std::atomic<StopReason>> stop_flag() const { return reason_; }

  /// In the run's time: it stands still while the run is paused.
  void set_deadline(SteadyTime deadline) { deadline_ = deadline; }
  bool has_deadline() const { return deadline_.has_value(); }
  /// When it will be, by the clock; nullopt when it is not known, or past.
  std::optional<SteadyTime> deadline() const {
    return deadline_ && !is_stopped() ? scheduler.run_time().by_clock(*deadline_) : std::nullopt;
  }
  /// The run's timeout must also end a chain that never gives way, so it is looked at wherever a node starts.
  void check_deadline() {
    if (deadline_ && scheduler.run_time().now() >= *deadline_) stop(StopReason::kTimeout);
  }
  /// For what that chain does: the run was stopped, or what the chain belongs to (rule 24).
  bool is_stopped(const Chain& chain) const {
    return is_stopped() || (chain.scope && chain.scope->is_cancelled());
  }
  /// A run whose journal cannot be written ends (journal rule 3).
  void check_recorder() {
    if (recorder && recorder->has_failed()) stop(StopReason::kOutputFailed);
  }
  /// The run cannot go on over that.
  void fail_output(std::string error) {
    if (output_error_.empty()) output_error_ = std::move(error);
    stop(StopReason::kOutputFailed);
  }
  const std::string& output_error() const { return output_error_; }
  void throw_if_stopped(const Chain& chain) const {
    if (is_stopped(chain)) throw Cancelled{};
  }

  /// No execution begins: it was asked to pause, and not to end.
  bool is_paused() const { return gate.is_closed() && !is_stopped(); }

  /// True the first time in the run: a group may say the same in each of its executions.
  bool is_new_remark(const std::string& message) { return remarks_.insert(message).second; }

  /// For pauses between tries: apart from what nodes see, which --seed repeats.
  std::minstd_rand& jitter() { return jitter_; }

  /// Of all random numbers of the run; those of an execution begin with where it is (journal rule 4).
  std::uint64_t seed() {
    if (!seed_) seed_ = options.seed ? *options.seed : std::uint64_t{std::random_device{}()};
    return *seed_;
  }

 private:
  std::shared_ptr<std::atomic<StopReason>> reason_ =
      std::make_shared<std::atomic<StopReason>>(StopReason::kNone);
  std::optional<SteadyTime> deadline_;
  std::optional<std::uint64_t> seed_;
  std::minstd_rand jitter_{std::random_device{}()};
  std::set<std::string> remarks_;
  std::string output_error_;
};

}  // namespace vnode
