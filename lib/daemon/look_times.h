#pragma once

#include <chrono>

#include "base/clock.h"

namespace vnode {

// When a daemon looks whether its files are as they were (rules 8 and 11). An idle one is to sleep: where the
// system tells of changes it only looks for what the system does not tell of.

/// Where nobody tells of changes, or something is wrong: who has removed a file waits no longer than that.
inline constexpr Duration kOftenLooked = std::chrono::seconds(2);
inline constexpr Duration kRarelyLooked = std::chrono::minutes(2);

/// The same for all who look rarely, so that they wake the daemon once.
inline SteadyTime next_rare_look(SteadyTime now) {
  return now + kRarelyLooked - now.time_since_epoch() % kRarelyLooked;
}

}  // namespace vnode
