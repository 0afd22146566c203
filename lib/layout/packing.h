#pragma once

#include <vector>

#include "layout/geometry.h"

namespace vnode {

/// Puts boxes into rows, in their order, so that the whole is about as wide as a screen is to its height.
/// Returns the top left corner of each, and the size of the whole in `whole`.
std::vector<Point> pack(const std::vector<Size>& boxes, double gap, Size& whole);

}  // namespace vnode
