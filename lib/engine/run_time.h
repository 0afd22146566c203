#pragma once

#include <optional>

#include "base/clock.h"

namespace vnode {

/// The time of a run, which stands still while the run is paused (rule 41): what its limits go by. Thread
/// rule: the thread that steps the run.
class RunTime {
 public:
  explicit RunTime(const Clock& clock) : clock_(clock) {}
  RunTime(const RunTime&) = delete;
  RunTime& operator=(const RunTime&) = delete;

  SteadyTime now() const { return (stands_since_ ? *stands_since_ : clock_.steady_now()) - stood_; }
  bool stands_still() const { return stands_since_.has_value(); }
  void stand_still() {
    if (!stands_since_) stands_since_ = clock_.steady_now();
  }
  void go_on() {
    if (!stands_since_) return;
    stood_ += clock_.steady_now() - *stands_since_;
    stands_since_.reset();
  }
  /// When it will be that time, by the clock; nullopt while nobody knows.
  std::optional<SteadyTime> by_clock(SteadyTime time) const {
    return stands_since_ ? std::nullopt : std::optional(time + stood_);
  }

 private:
  const Clock& clock_;
  std::optional<SteadyTime> stands_since_;
  Duration stood_{};
};

}  // namespace vnode
