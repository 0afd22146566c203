#pragma once

#include <chrono>

namespace vnode {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;
using Duration = std::chrono::nanoseconds;

/// Time as the program sees it. One of the seams: tests inject a clock that they move by hand.
/// Thread rule: both functions may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime steady_now() const = 0;  ///< for durations and deadlines; never jumps
  virtual WallTime wall_now() const = 0;      ///< for time stamps
};

class SystemClock final : public Clock {
 public:
  SteadyTime steady_now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall_now() const override { return std::chrono::system_clock::now(); }
};

}  // namespace vnode
