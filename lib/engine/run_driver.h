#pragma once

#include "async/event_loop.h"
#include "engine/run.h"

namespace vnode {

/// What is looked at while a run goes on: a picture of it that has to be painted again.
class RunView {
 public:
  virtual ~RunView() = default;
  virtual void tick() = 0;
  /// When the next tick has something to do; nullopt when nothing is live.
  virtual std::optional<SteadyTime> next_tick() const = 0;
};

/// Takes a run to its end on an event loop of its own, which sleeps whenever the run waits. Run, loop and
/// sink outlive it. Thread rule: the thread that steps the run; other threads may stop the run from the
/// construction on.
class RunDriver {
 public:
  RunDriver(Run& run, EventLoop& loop, EventSink& sink);
  RunDriver(const RunDriver&) = delete;
  RunDriver& operator=(const RunDriver&) = delete;

  /// Returns when the run has ended. `view` may be null.
  void drive(RunView* view = nullptr);

 private:
  Run& run_;
  EventLoop& loop_;
  EventSink& sink_;
};

}  // namespace vnode
