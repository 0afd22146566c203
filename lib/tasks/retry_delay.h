#pragma once

#include "base/clock.h"

namespace vnode {

/// How long a task waits between an attempt that failed and the next one: what made it fail (a license server
/// that is down, a full disk) is hardly gone at once. Twice as long each time, so that many failures cost
/// little; without chance in it, so that it can be told and tested.
struct RetryDelay {
  Duration first = Duration::zero();        ///< after attempt 1; zero: the next one follows at once, always
  Duration most = std::chrono::minutes(5);  ///< no wait is longer

  /// Of the next attempt after attempt number `attempt`, which is at least 1.
  Duration after(int attempt) const;
};

}  // namespace vnode
