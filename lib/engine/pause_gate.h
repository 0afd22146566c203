#pragma once

#include <atomic>
#include <list>
#include <memory>

#include "base/run_pause.h"
#include "engine/scheduler.h"

namespace vnode {

/// Where executions wait to begin while the run is paused (rule 41); who has come first goes on first.
/// Thread rule: the thread that steps the run, but for `ask` and `asked`.
class PauseGate {
  struct Waiting {
    Chain* chain = nullptr;
    std::unique_ptr<Runnable> runnable = nullptr;  ///< without a chain
  };

 public:
  explicit PauseGate(Scheduler& scheduler) : scheduler_(scheduler) {}
  PauseGate(const PauseGate&) = delete;
  PauseGate& operator=(const PauseGate&) = delete;

  /// The gate is closed at once; all else that belongs to a pause, and its end, come with the run's next
  /// step. The last word counts.
  void ask(RunPause pause) {
    asked_.store(pause, std::memory_order_relaxed);
    scheduler_.inbox()->notify();
  }
  RunPause asked() const { return asked_.load(std::memory_order_relaxed); }
  bool is_closed() const { return asked() != RunPause::kNone; }

  /// A chain that waits, as long as this lives: it parks itself, and `open` wakes it.
  class Waiter {
   public:
    Waiter(PauseGate& gate, Chain& chain)
        : gate_(gate), place_(gate.waiting_.insert(gate.waiting_.end(), Waiting{&chain})) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { gate_.waiting_.erase(place_); }

   private:
    PauseGate& gate_;
    const std::list<Waiting>::iterator place_;
  };
  /// What would start chains gets its turn when the gate is opened.
  void add(std::unique_ptr<Runnable> runnable) { waiting_.push_back({nullptr, std::move(runnable)}); }

  /// All that waits is made ready.
  void open();

 private:
  Scheduler& scheduler_;
  std::atomic<RunPause> asked_ = RunPause::kNone;
  std::list<Waiting> waiting_;
};

}  // namespace vnode
