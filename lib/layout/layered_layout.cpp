#include "layout/layered_layout.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "layout/crossings.h"
#include "layout/heights.h"
#include "layout/lanes.h"
#include "layout/layers.h"
#include "layout/packing.h"

namespace vnode {
namespace {

/// The nodes and wires of one connected part.
struct Part {
  std::vector<std::uint32_t> nodes;
  std::vector<std::uint32_t> wires;
};

std::uint32_t find_root(std::vector<std::uint32_t>& parents, std::uint32_t node) {
  while (parents[node] != node) {
    parents[node] = parents[parents[node]];
    node = parents[node];
  }
  return node;
}

/// In the order of their first nodes.
std::vector<Part> connected_parts(const LayoutGraph& graph) {
  std::vector<std::uint32_t> parents(graph.nodes.size());
  std::iota(parents.begin(), parents.end(), 0U);
  for (const LayoutGraph::Wire& wire : graph.wires) {
    const std::uint32_t a = find_root(parents, wire.from), b = find_root(parents, wire.to);
    parents[std::max(a, b)] = std::min(a, b);
  }
  std::vector<Part> parts;
  std::vector<std::uint32_t> numbers(graph.nodes.size());
  for (std::uint32_t node = 0; node < parents.size(); ++node) {
    const std::uint32_t root = find_root(parents, node);  // the smallest of its part, so it has been met
    if (root == node) {
      numbers[node] = static_cast<std::uint32_t>(parts.size());
      parts.emplace_back();
    }
    numbers[node] = numbers[root];
    parts[numbers[node]].nodes.push_back(node);
  }
  for (std::uint32_t wire = 0; wire < graph.wires.size(); ++wire) {
    parts[numbers[graph.wires[wire].from]].wires.push_back(wire);
  }
  return parts;
}

/// `numbers`: room for a number of each node.
LayoutGraph graph_of(const Part& part, const LayoutGraph& graph, std::vector<std::uint32_t>& numbers) {
  LayoutGraph own;
  for (const std::uint32_t node : part.nodes) {
    numbers[node] = static_cast<std::uint32_t>(own.nodes.size());
    own.nodes.push_back(graph.nodes[node]);
  }
  for (const std::uint32_t wire : part.wires) {
    own.wires.push_back(graph.wires[wire]);
    own.wires.back().from = numbers[own.wires.back().from];
    own.wires.back().to = numbers[own.wires.back().to];
  }
  return own;
}

/// Left and right edge of each column.
struct Columns {
  std::vector<double> left;
  std::vector<double> right;
};

/// Wider gaps where many links have to get from one height to another.
Columns place_columns(const LayoutGraph& graph, const LaneGraph& lanes) {
  std::vector<double> links(lanes.layers.size() + 1, 0);
  for (const LaneGraph::Link& link : lanes.links) ++links[lanes.slots[link.left].layer];
  for (const LaneGraph::Turn& turn : lanes.turns) ++links[lanes.slots[turn.lane].layer];
  Columns columns;
  double x = 0;
  for (std::size_t layer = 0; layer < lanes.layers.size(); ++layer) {
    double width = 0;
    for (const std::uint32_t slot : lanes.layers[layer]) {
      if (!lanes.slots[slot].is_lane()) width = std::max(width, graph.nodes[lanes.slots[slot].node].width);
    }
    columns.left.push_back(x);
    columns.right.push_back(x + width);
    constexpr double kMostMore = 160;
    x += width + kColumnGap + std::min(kMostMore, 3 * links[layer]);
  }
  return columns;
}

/// Takes out bands in which nothing stands: what is below moves up together.
void close_gaps(const LaneGraph& lanes, std::vector<double>& tops) {
  constexpr double kMostEmpty = 2 * kNodeGap;
  std::vector<std::uint32_t> order(tops.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&tops](std::uint32_t a, std::uint32_t b) { return tops[a] < tops[b]; });
  double moved = 0, bottom = std::numeric_limits<double>::max();
  for (const std::uint32_t slot : order) {
    const double top = tops[slot];
    if (top - bottom > kMostEmpty) moved += top - bottom - kMostEmpty;
    const double end = top + lanes.slots[slot].height;
    bottom = bottom == std::numeric_limits<double>::max() ? end : std::max(bottom, end);
    tops[slot] = top - moved;
  }
}

class PartLayout {
 public:
  explicit PartLayout(const LayoutGraph& graph) : graph_(graph), is_back_(find_back_wires(graph)) {
    lanes_ = make_lanes(graph, is_back_, assign_layers(graph, is_back_));
    reduce_crossings(lanes_);
    tops_ = place_in_columns(lanes_);
    close_gaps(lanes_, tops_);
    columns_ = place_columns(graph, lanes_);
  }

  GraphLayout take() {
    GraphLayout layout;
    for (std::uint32_t node = 0; node < graph_.nodes.size(); ++node) {
      layout.nodes.push_back({columns_.left[lanes_.slots[node].layer], std::round(tops_[node])});
    }
    for (std::uint32_t wire = 0; wire < graph_.wires.size(); ++wire) {
      layout.routes.push_back(route(wire, layout.nodes));
    }
    move_to_origin(layout);
    return layout;
  }

 private:
  Route route(std::uint32_t index, const std::vector<Point>& corners) const {
    const LayoutGraph::Wire& wire = graph_.wires[index];
    const Point from = corners[wire.from], to = corners[wire.to];
    Route route;
    route.push_back({from.x + graph_.nodes[wire.from].width, columns_.right[lanes_.slots[wire.from].layer],
                     from.y + wire.from_y});
    for (const std::uint32_t lane : lanes_.wire_lanes[index]) {
      const std::uint32_t layer = lanes_.slots[lane].layer;
      Stretch stretch{columns_.left[layer], columns_.right[layer], std::round(tops_[lane])};
      if (is_back_[index]) {
        std::swap(stretch.x1, stretch.x2);
        stretch.leads_left = true;
      }
      route.push_back(stretch);
    }
    route.push_back({to.x, to.x, to.y + wire.to_y});
    return route;
  }

  void move_to_origin(GraphLayout& layout) const {
    double top = std::numeric_limits<double>::max(), bottom = -top;
    for (std::size_t node = 0; node < layout.nodes.size(); ++node) {
      top = std::min(top, layout.nodes[node].y);
      bottom = std::max(bottom, layout.nodes[node].y + graph_.nodes[node].height);
    }
    for (const Route& route : layout.routes) {
      for (const Stretch& stretch : route) {
        top = std::min(top, stretch.y);
        bottom = std::max(bottom, stretch.y);
      }
    }
    for (Point& corner : layout.nodes) corner.y -= top;
    for (Route& route : layout.routes) {
      for (Stretch& stretch : route) stretch.y -= top;
    }
    layout.size = {columns_.right.back(), bottom - top};
  }

  const LayoutGraph& graph_;
  std::vector<bool> is_back_;
  LaneGraph lanes_;
  std::vector<double> tops_;
  Columns columns_;
};

}  // namespace

GraphLayout lay_out(const LayoutGraph& graph) {
  GraphLayout whole;
  whole.nodes.resize(graph.nodes.size());
  whole.routes.resize(graph.wires.size());
  const std::vector<Part> parts = connected_parts(graph);
  std::vector<GraphLayout> layouts;
  std::vector<Size> sizes;
  std::vector<std::uint32_t> numbers(graph.nodes.size());
  for (const Part& part : parts) {
    const LayoutGraph own = graph_of(part, graph, numbers);
    layouts.push_back(PartLayout(own).take());
    sizes.push_back(layouts.back().size);
  }
  const std::vector<Point> corners = pack(sizes, 2 * kNodeGap, whole.size);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Point at = {std::round(corners[i].x), std::round(corners[i].y)};
    for (std::size_t n = 0; n < parts[i].nodes.size(); ++n) {
      const Point corner = layouts[i].nodes[n];
      whole.nodes[parts[i].nodes[n]] = {at.x + corner.x, at.y + corner.y};
    }
    for (std::size_t w = 0; w < parts[i].wires.size(); ++w) {
      Route& route = whole.routes[parts[i].wires[w]];
      route = std::move(layouts[i].routes[w]);
      for (Stretch& stretch : route) {
        stretch.x1 += at.x;
        stretch.x2 += at.x;
        stretch.y += at.y;
      }
    }
  }
  return whole;
}

}  // namespace vnode
