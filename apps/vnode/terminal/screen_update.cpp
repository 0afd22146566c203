#include "apps/vnode/terminal/screen_update.h"

#include <algorithm>
#include <cstddef>

namespace vnode {

std::string ScreenUpdate::show(const std::vector<std::string>& lines, TerminalSize size) {
  if (size.columns != size_.columns || size.rows != size_.rows) forget();
  size_ = size;
  const auto room = static_cast<std::size_t>(std::max(size.rows, 1));
  const std::size_t count = std::min(lines.size(), room);
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (i < sent_.size() && sent_[i] == lines[i]) continue;
    // Erased first: behind a character in the last column the cursor is still on it.
    out += "\x1b[" + std::to_string(i + 1) + ";1H\x1b[K" + lines[i];
  }
  if (count < room && (sent_.empty() || sent_.size() > count))
    out += "\x1b[" + std::to_string(count + 1) + ";1H\x1b[J";
  sent_.assign(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(count));
  return out;
}

}  // namespace vnode
