#include "async/wait_readable.h"

#include <poll.h>

#include <ctime>

namespace vnode {

bool wait_readable(int fd, Duration time) {
  const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
  if (nanoseconds < 0) return false;
  const timespec timeout{static_cast<std::time_t>(nanoseconds / 1'000'000'000), nanoseconds % 1'000'000'000};
  pollfd entry{fd, POLLIN, 0};
  return ::ppoll(&entry, 1, &timeout, nullptr) > 0;
}

}  // namespace vnode
