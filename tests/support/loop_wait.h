#pragma once

#include <chrono>

#include "async/event_loop.h"

namespace vnode::test {

/// Serves the loop until the condition holds. False when that takes too long.
template <class Condition>
bool serve_until(EventLoop& loop, const Condition& condition) {
  const SteadyTime end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    loop.wait_until(end);
  }
  return true;
}

/// Does all that is ready by now, and what follows from it at once.
inline void serve_ready(EventLoop& loop) {
  for (int i = 0; i < 5; ++i) loop.wait_until(SteadyTime::min());
}

}  // namespace vnode::test
