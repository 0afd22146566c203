#pragma once

#include <chrono>

#include "base/clock.h"

namespace vnode {

/// When a watched screen is drawn anew. Pure. With what the daemon needs to tell a change
/// (ProgressWatch::kTellEvery) no screen is older than half a second.
class DrawPace {
 public:
  /// What has changed is shown so often at most; what a key does at once.
  static constexpr Duration kChanged = std::chrono::milliseconds(250);
  /// Times of running runs go on without a change.
  static constexpr Duration kUnchanged = std::chrono::seconds(1);

  void note_change() { has_changed_ = true; }
  void note_drawn(SteadyTime now) {
    last_ = now;
    has_changed_ = false;
  }
  SteadyTime last() const { return last_; }
  /// `is_urgent`: somebody waits for it.
  SteadyTime next(bool is_urgent) const {
    if (is_urgent) return last_;
    return last_ + (has_changed_ ? kChanged : kUnchanged);
  }

 private:
  SteadyTime last_{};
  bool has_changed_ = false;
};

}  // namespace vnode
