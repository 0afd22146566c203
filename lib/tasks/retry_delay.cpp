#include "tasks/retry_delay.h"

namespace vnode {

Duration RetryDelay::after(int attempt) const {
  Duration delay = first;
  for (int i = 1; i < attempt && delay > Duration::zero() && delay < most; ++i) {
    delay = delay < most - delay ? 2 * delay : most;
  }
  return delay < most ? delay : most;
}

}  // namespace vnode
