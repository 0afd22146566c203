#include "apps/vnode/local/run_keys.h"

#include <poll.h>
#include <unistd.h>

namespace vnode {

void RunKeys::take(bool is_wanted) {
  const std::lock_guard lock(mutex_);
  is_wanted_ = is_wanted;
  // Also when it is wanted again: who had the terminal meanwhile may have changed it.
  mode_.restore();
  if (is_wanted) mode_.change(KeyMode::StopKey::kStops);
}

std::string RunKeys::read() {
  const std::lock_guard lock(mutex_);
  if (!is_wanted_ || !is_in_foreground()) return {};
  if (!mode_.is_changed()) mode_.change(KeyMode::StopKey::kStops);
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (!mode_.is_changed() || ::poll(&input, 1, 0) != 1 || (input.revents & POLLIN) == 0) return {};
  char bytes[256];
  const ssize_t count = ::read(STDIN_FILENO, bytes, sizeof bytes);
  return count > 0 ? std::string(bytes, static_cast<std::size_t>(count)) : std::string();
}

}  // namespace vnode
