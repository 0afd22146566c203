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

void RunStopper::attach(Run& run) {
  const std::lock_guard lock(mutex_);
  run_ = &run;
  if (reason_ != StopReason::kNone) run_->stop(reason_);
}

void RunStopper::detach() {
  const std::lock_guard lock(mutex_);
  run_ = nullptr;
}

}  // namespace vnode
