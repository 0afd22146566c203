#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/run_pause.h"
#include "base/run_status.h"
#include "model/value.h"

namespace vnode {

/// What became of one attempt of a task's work.
struct TaskOutcome {
  RunStatus status = RunStatus::kCompleted;  ///< a terminal one
  Value result = {};
  std::string error = {};
  std::optional<int> exit_code = std::nullopt;
};

/// Whether a task ends with the attempt that has just ended, or is queued again.
enum class TaskVerdict : std::uint8_t { kEnd, kAgain };

/// The work of a task: a run (`run_work.h`), a callable or a coroutine (`callable_work.h`), or a program's
/// own kind. It is passive, like a run: the table steps it, so that a host that steps once a frame stays
/// responsive. Thread rule: the owner's thread; `wake` may be called from any thread, also when the work is
/// gone.
class TaskWork {
 public:
  /// Destroying work that has not ended ends it first.
  virtual ~TaskWork() = default;

  /// Called once, when the task's turn has come. `wake` asks for a step.
  virtual void start(std::function<void()> wake) = 0;
  /// Goes on for about that long at most; never waits. True once it has ended; not called any more then.
  virtual bool step(Duration budget) = 0;
  /// True when a step would do something at once.
  virtual bool has_ready() const = 0;
  virtual std::optional<SteadyTime> next_deadline() const = 0;
  /// Asks it to end in order; called at most once, after `start`. Work that ends with `kCancelled` after a
  /// stop gets the status that belongs to the reason (cancelled, timeout, interrupted); work that made it to
  /// another end keeps that.
  virtual void stop(StopReason reason) = 0;
  /// Asks it to stand still, or to go on (kNone); after `start`, as often as somebody likes. Work that cannot
  /// goes on.
  virtual void pause(RunPause) {}
  /// Valid once `step` has returned true.
  virtual TaskOutcome take_outcome() = 0;
  /// Asked once, after the outcome was taken (with the status that a stop has given it), for work that knows
  /// better than the task's `retries`. nullopt: those decide.
  virtual std::optional<TaskVerdict> verdict(const TaskOutcome&) { return std::nullopt; }
};

}  // namespace vnode
