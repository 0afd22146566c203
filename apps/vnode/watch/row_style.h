#pragma once

#include <cstddef>

namespace vnode {

/// How wide rows may be, and what they look like.
struct RowStyle {
  std::size_t columns = 80;
  bool has_colour = false;
};

}  // namespace vnode
