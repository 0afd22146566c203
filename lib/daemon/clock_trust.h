#pragma once

#include <optional>

#include "base/clock.h"

namespace vnode {

/// Whether the wall clock may decide what is too old to be kept. After a jump ahead of more than a day
/// nobody can tell a clock that is wrong from a machine that was off: what is removed over it would be lost,
/// so it has to stay that way for an hour first. Thread rule: one thread.
class ClockTrust {
 public:
  /// `newest`: a time that has passed for certain, as of the daemon before; none: there was none.
  void begin(std::optional<WallTime> newest, const Clock& clock);
  bool is_trusted(const Clock& clock);

 private:
  struct Reading {
    WallTime wall;
    SteadyTime steady;
  };
  Reading last_{};
  bool has_begun_ = false;
  struct Doubt {
    SteadyTime since;
    WallTime from;  ///< what the clock said, or would have said, before it jumped, as of `since`
  };
  std::optional<Doubt> doubt_;
};

}  // namespace vnode
