#include "layout/packing.h"

#include <algorithm>
#include <cmath>

namespace vnode {

std::vector<Point> pack(const std::vector<Size>& boxes, double gap, Size& whole) {
  constexpr double kScreen = 1.6;  // width to height
  double area = 0, widest = 0;
  for (const Size& box : boxes) {
    area += (box.width + gap) * (box.height + gap);
    widest = std::max(widest, box.width);
  }
  const double limit = std::max(widest, std::sqrt(area * kScreen));
  std::vector<Point> corners;
  corners.reserve(boxes.size());
  Point next;
  double row = 0;  // height of the current one
  whole = {};
  for (const Size& box : boxes) {
    if (next.x > 0 && next.x + box.width > limit) {
      next = {0, next.y + row + gap};
      row = 0;
    }
    corners.push_back(next);
    row = std::max(row, box.height);
    whole.width = std::max(whole.width, next.x + box.width);
    whole.height = std::max(whole.height, next.y + row);
    next.x += box.width + gap;
  }
  return corners;
}

}  // namespace vnode
