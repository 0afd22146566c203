#include "apps/vnode/terminal/key_mode.h"

#include <unistd.h>

#include <utility>

namespace vnode {

bool is_in_foreground() { return ::tcgetpgrp(STDIN_FILENO) == ::getpgrp(); }

void KeyMode::change(StopKey stop_key) {
  is_changed_ = is_in_foreground() && ::tcgetattr(STDIN_FILENO, &former_) == 0;
  if (!is_changed_) return;
  termios changed = former_;
  changed.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  if (stop_key == StopKey::kIsAKey) changed.c_cc[VSUSP] = _POSIX_VDISABLE;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &changed);
}

void KeyMode::restore() {
  // (Whoever has the terminal now has given it its own settings.)
  if (std::exchange(is_changed_, false) && is_in_foreground()) ::tcsetattr(STDIN_FILENO, TCSANOW, &former_);
}

}  // namespace vnode
