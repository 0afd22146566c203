#pragma once

namespace vnode {

/// Canvas coordinates as the editor has them: pixels, y downwards.
struct Point {
  double x = 0;
  double y = 0;
};

struct Size {
  double width = 0;
  double height = 0;
};

}  // namespace vnode
