#include "apps/vnode/local/run_stopper.h"

namespace vnode {

void RunStopper::stop(StopReason reason) {
  const std::lock_guard lock(mutex_);
  if (run_) {
    run_->stop(reason);
  } else if (reason_ == StopReason::kNone) {
    reason_ = reason;
  }
}

bool RunStopper::pause(RunPause pause) {
  const std::lock_guard lock(mutex_);
  pause_ = pause;
  if (run_) run_->pause(pause);
  return run_ != nullptr;
}

void RunStopper::attach(Run& run) {
  const std::lock_guard lock(mutex_);
  run_ = &run;
  if (pause_ != RunPause::kNone) run_->pause(pause_);
  if (reason_ != StopReason::kNone) run_->stop(reason_);
}

void RunStopper::detach() {
  const std::lock_guard lock(mutex_);
  run_ = nullptr;
}

}  // namespace vnode
