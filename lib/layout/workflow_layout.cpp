#include "layout/workflow_layout.h"

#include <algorithm>
#include <cmath>

#include "model/number_text.h"

namespace vnode {
namespace {

std::optional<double> read_coordinate(const Value& value) {
  std::optional<double> number;
  if (value.is_int()) number = static_cast<double>(value.as_int());
  if (value.is_float()) number = value.as_float();
  if (value.is_bool()) number = value.as_bool() ? 1 : 0;
  if (value.is_text()) number = parse_float(value.as_text());
  constexpr double kFarthest = 1e7;
  if (!number || !(std::abs(*number) <= kFarthest)) return std::nullopt;
  return number;
}

using Positions = std::vector<std::optional<Point>>;

Positions positions_of(const Workflow& workflow) {
  Positions positions;
  bool differ = false;
  for (const NodeInstance& node : workflow.nodes) {
    positions.push_back(read_position(node.position));
    const std::optional<Point>& first = positions.front();
    const std::optional<Point>& last = positions.back();
    if (first && last && (first->x != last->x || first->y != last->y)) differ = true;
  }
  if (!differ && positions.size() > 1) std::fill(positions.begin(), positions.end(), std::nullopt);
  return positions;
}

/// The nodes without a position, and the wires among them.
struct Unplaced {
  LayoutGraph graph;
  std::vector<NodeIndex> nodes;
  std::vector<WireIndex> wires;
};

Unplaced find_unplaced(const Workflow& workflow, const Graph& graph, std::span<const NodeShape> shapes,
                       const Positions& positions) {
  Unplaced found;
  std::vector<std::uint32_t> numbers(workflow.nodes.size());
  for (NodeIndex node = 0; node < workflow.nodes.size(); ++node) {
    if (positions[node]) continue;
    numbers[node] = static_cast<std::uint32_t>(found.nodes.size());
    found.nodes.push_back(node);
    found.graph.nodes.push_back(shapes[node].size);
  }
  for (WireIndex wire = 0; wire < workflow.connections.size(); ++wire) {
    const NodeIndex from = graph.from(wire), to = graph.to(wire);
    if (from == Graph::kNowhere || to == Graph::kNowhere || positions[from] || positions[to]) continue;
    const Connection& connection = workflow.connections[wire];
    found.wires.push_back(wire);
    found.graph.wires.push_back({numbers[from], numbers[to], shapes[from].output_y(connection.from_port),
                                 shapes[to].input_y(connection.to_port), connection.is_exec});
  }
  return found;
}

/// Below those that have a position, at their left edge.
Point origin_of_unplaced(std::span<const NodeShape> shapes, const Positions& positions) {
  std::optional<Point> origin;
  for (std::size_t node = 0; node < positions.size(); ++node) {
    if (!positions[node]) continue;
    const double bottom = positions[node]->y + shapes[node].size.height + 2 * kNodeGap;
    if (!origin) origin = Point{positions[node]->x, bottom};
    origin->x = std::min(origin->x, positions[node]->x);
    origin->y = std::max(origin->y, bottom);
  }
  return origin.value_or(Point{});
}

}  // namespace

std::optional<Point> read_position(const Value& position) {
  if (!position.is_list() || position.as_list().size() != 2) return std::nullopt;
  const std::optional<double> x = read_coordinate(position.as_list()[0]);
  const std::optional<double> y = read_coordinate(position.as_list()[1]);
  if (!x || !y) return std::nullopt;
  return Point{*x, *y};
}

Value position_value(Point position) { return Value::list({Value(position.x), Value(position.y)}); }

WorkflowLayout lay_out(const Workflow& workflow, const Graph& graph, std::span<const NodeShape> shapes) {
  const Positions positions = positions_of(workflow);
  WorkflowLayout layout;
  layout.nodes.resize(workflow.nodes.size());
  layout.routes.resize(workflow.connections.size());
  for (std::size_t node = 0; node < positions.size(); ++node) {
    if (positions[node]) layout.nodes[node] = *positions[node];
  }
  const Unplaced unplaced = find_unplaced(workflow, graph, shapes, positions);
  const Point origin = origin_of_unplaced(shapes, positions);
  GraphLayout laid_out = lay_out(unplaced.graph);
  for (std::size_t i = 0; i < unplaced.nodes.size(); ++i) {
    layout.nodes[unplaced.nodes[i]] = {origin.x + laid_out.nodes[i].x, origin.y + laid_out.nodes[i].y};
  }
  for (std::size_t i = 0; i < unplaced.wires.size(); ++i) {
    for (Stretch& stretch : laid_out.routes[i]) {
      stretch.x1 += origin.x;
      stretch.x2 += origin.x;
      stretch.y += origin.y;
    }
    layout.routes[unplaced.wires[i]] = std::move(laid_out.routes[i]);
  }
  return layout;
}

void set_missing_positions(Workflow& workflow, const LookOf& look_of) {
  const Positions positions = positions_of(workflow);
  if (std::all_of(positions.begin(), positions.end(),
                  [](const auto& position) { return position.has_value(); })) {
    return;
  }
  const Graph graph(workflow);
  const std::vector<NodeShape> shapes = node_shapes(workflow, graph, look_of);
  const WorkflowLayout layout = lay_out(workflow, graph, shapes);
  for (std::size_t node = 0; node < positions.size(); ++node) {
    if (!positions[node]) workflow.nodes[node].position = position_value(layout.nodes[node]);
  }
}

}  // namespace vnode
