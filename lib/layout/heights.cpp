#include "layout/heights.h"

#include <cmath>

#include "layout/alignment.h"
#include "layout/column_placement.h"
#include "layout/row_placement.h"

namespace vnode {
namespace {

/// How far wires lead up and down, all together.
double climb(const LaneGraph& graph, const std::vector<double>& tops) {
  double sum = 0;
  for (const LaneGraph::Link& link : graph.links) {
    const double height = tops[link.right] + link.right_y - tops[link.left] - link.left_y;
    sum += std::abs(height) * link_weight(graph, link);
  }
  return sum;
}

}  // namespace

std::vector<double> place_in_columns(const LaneGraph& graph) {
  std::vector<double> rows = place_in_rows(graph), columns = place_by_columns(graph);
  return climb(graph, rows) <= climb(graph, columns) ? rows : columns;
}

}  // namespace vnode
