#pragma once

#include <algorithm>
#include <cstddef>

#include "apps/vnode/terminal/terminal.h"

namespace vnode {

/// How the lines of a screen are shared out: a title, perhaps the header of a table, the body, a footer.
/// Where there are few, the body comes first.
struct ScreenLayout {
  ScreenLayout(TerminalSize size, std::size_t titles, bool wants_header) {
    std::size_t left = static_cast<std::size_t>(std::max(size.rows, 1));
    constexpr std::size_t kEnough = 3;
    footer = left > 1 ? 1 : 0;
    left -= footer;
    header = wants_header && left > 2 ? 1 : 0;
    left -= header;
    title = std::min(titles, left > kEnough ? left - kEnough : std::size_t{left > 1});
    body = left - title;
  }

  std::size_t title = 0;
  std::size_t header = 0;
  std::size_t body = 0;
  std::size_t footer = 0;
};

}  // namespace vnode
