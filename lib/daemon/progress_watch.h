#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "async/timer_queue.h"
#include "daemon/core.h"
#include "events/run_tally.h"

namespace vnode {

struct LiveRun;

/// Tells those who watch the table how far running runs are, a few times a second at most. Where nobody
/// watches, or nothing runs, nothing wakes the daemon. Owner's thread.
class ProgressWatch {
 public:
  /// So long after a change it is told at the latest. With what a screen takes (`vnode ps --watch` draws four
  /// times a second) it is right within half a second.
  static constexpr Duration kTellEvery = std::chrono::milliseconds(200);

  struct Callbacks {
    std::function<bool()> is_watched;
    std::function<void(const LiveRun&)> tell;
  };
  ProgressWatch(DaemonCore& core, Callbacks callbacks) : core_(core), callbacks_(std::move(callbacks)) {}
  ProgressWatch(const ProgressWatch&) = delete;
  ~ProgressWatch();

  /// Somebody watches now, or something runs.
  void look_later();

 private:
  void look();

  DaemonCore& core_;
  const Callbacks callbacks_;
  TimerQueue::Id timer_ = 0;
  std::unordered_map<std::string, RunTally::Counts>
      told_;  ///< of the runs that were running at the last look
};

}  // namespace vnode
