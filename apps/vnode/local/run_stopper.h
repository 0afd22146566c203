#pragma once

#include <mutex>

#include "engine/run.h"

namespace vnode {

/// Stops and pauses a run on behalf of other threads, which may be early (there is no run yet) or late (it is
/// gone). Thread rule: any thread.
class RunStopper {
 public:
  void stop(StopReason reason);
  /// Or lets it go on. False when there is no run at the moment.
  bool pause(RunPause pause);

  void attach(Run& run);
  void detach();

 private:
  std::mutex mutex_;
  Run* run_ = nullptr;
  StopReason reason_ = StopReason::kNone;  ///< what was asked for before there was a run
  RunPause pause_ = RunPause::kNone;
};

}  // namespace vnode
