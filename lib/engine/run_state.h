#pragma once

#include <atomic>
#include <optional>
#include <random>

#include "engine/emitter.h"
#include "engine/run.h"
#include "engine/runtimes.h"
#include "engine/scheduler.h"
#include "node/node_failure.h"

namespace vnode {

/// What all executors of one run share: the run's own level, and those of its groups.
class RunState {
 public:
  RunState(RunServices run_services, EventSink& sink, const RunOptions& run_options)
      : services(run_services),
        options(run_options),
        scheduler(run_services.clock),
        emitter(sink, run_services.clock, run_options.run_id, run_options.last_seq) {}

  RunServices services;
  const RunOptions& options;
  Scheduler scheduler;
  Emitter emitter;
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

  void set_deadline(SteadyTime deadline) { deadline_ = deadline; }
  std::optional<SteadyTime> deadline() const { return deadline_; }
  /// The run's timeout must also end a chain that never gives way, so it is looked at wherever a node starts.
  void check_deadline() {
    if (deadline_ && services.clock.steady_now() >= *deadline_) stop(StopReason::kTimeout);
  }
  void throw_if_stopped() const {
    if (is_stopped()) throw Cancelled{};
  }

  std::mt19937_64& random() {
    if (!random_) random_.emplace(options.seed ? *options.seed : std::random_device{}());
    return *random_;
  }

 private:
  std::shared_ptr<std::atomic<StopReason>> reason_ =
      std::make_shared<std::atomic<StopReason>>(StopReason::kNone);
  std::optional<SteadyTime> deadline_;
  std::optional<std::mt19937_64> random_;
};

}  // namespace vnode
