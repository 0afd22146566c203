#include "picture/containment.h"

namespace vnode {

std::vector<std::size_t> enclosing_backdrops(const Sheet& sheet) {
  std::vector<std::size_t> enclosing(sheet.shapes.size(), kInNone);
  for (std::size_t node = 0; node < sheet.shapes.size(); ++node) {
    const Point corner = sheet.layout.nodes[node];
    const Point middle{corner.x + sheet.shapes[node].size.width / 2,
                       corner.y + sheet.shapes[node].size.height / 2};
    double smallest = 0;
    for (std::size_t i = 0; i < sheet.backdrops.size(); ++i) {
      const Decoration& box = sheet.backdrops[i];
      const bool is_inside = middle.x >= box.at.x && middle.x <= box.at.x + box.size.width &&
                             middle.y >= box.at.y && middle.y <= box.at.y + box.size.height;
      const double area = box.size.width * box.size.height;
      if (!is_inside || (enclosing[node] != kInNone && area >= smallest)) continue;
      enclosing[node] = i;
      smallest = area;
    }
  }
  return enclosing;
}

}  // namespace vnode
