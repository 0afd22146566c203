#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"

namespace vnode {

class RunEventLog;
class TimerQueue;
class WorkerPool;

/// Flushes events that were not flushed by themselves, 30 ms later: a node that works for minutes must not
/// keep what was said before it (events.md). The owner's timer tells when; a worker writes, as no loop waits
/// for a disk.
/// Thread rule: `ask` on any thread, the rest on the owner's. Must outlive those who ask.
class DelayedFlush {
 public:
  struct Parts {
    std::function<void(std::function<void()>)> post;  ///< to the owner's thread, which looks after the timers
    TimerQueue& timers;
    const Clock& clock;
    WorkerPool& workers;
  };

  explicit DelayedFlush(Parts parts);
  DelayedFlush(const DelayedFlush&) = delete;
  ~DelayedFlush();

  void ask(std::weak_ptr<RunEventLog> events);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace vnode
