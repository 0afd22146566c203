#include "picture/svg_wire.h"

#include <algorithm>
#include <cmath>

#include "picture/svg_style.h"

namespace vnode {
namespace {

void append_point(SvgText& svg, char command, Point at) {
  svg.raw(std::string_view(&command, 1)).number(at.x).raw(" ").number(at.y);
}

void append_curve(SvgText& svg, Point first, Point second, Point end) {
  append_point(svg, 'C', first);
  append_point(svg, ' ', second);
  append_point(svg, ' ', end);
}

/// As the editor bends its wires.
void append_direct(SvgText& svg, Point from, Point to) {
  const double reach = std::max(std::abs(to.x - from.x) / 2, 20.0);
  append_point(svg, 'M', from);
  append_curve(svg, {from.x + reach, from.y}, {to.x - reach, to.y}, to);
}

/// From the end of one piece to the beginning of the next; where they lead into opposite directions, round a
/// bend.
void append_joint(SvgText& svg, const Stretch& from, const Stretch& to) {
  const Point start{from.x2, from.y}, end{to.x1, to.y};
  const double height = std::abs(end.y - start.y);
  double reach = std::abs(end.x - start.x) / 2;
  if (from.leads_left != to.leads_left) reach = std::clamp(height / 2, 18.0, kMostBend);
  const double out = from.leads_left ? -reach : reach;
  const double in = to.leads_left ? reach : -reach;
  append_curve(svg, {start.x + out, start.y}, {end.x + in, end.y}, end);
}

void append_route(SvgText& svg, const Route& route) {
  append_point(svg, 'M', {route.front().x1, route.front().y});
  for (std::size_t i = 0; i < route.size(); ++i) {
    if (i > 0) append_joint(svg, route[i - 1], route[i]);
    if (route[i].x1 != route[i].x2) append_point(svg, 'L', {route[i].x2, route[i].y});
  }
}

}  // namespace

void draw_wire(SvgText& svg, const Sheet& sheet, WireIndex wire) {
  const Connection& connection = sheet.workflow.connections[wire];
  if (connection.is_exec) {
    svg.raw("<path class=\"e\" d=\"");
  } else {
    svg.raw("<path class=\"w ").raw(wire_class(wire_type(sheet, wire))).raw("\" d=\"");
  }
  const Route& route = sheet.layout.routes[wire];
  if (route.empty()) {
    const NodeIndex from = sheet.graph.from(wire), to = sheet.graph.to(wire);
    const Point source = sheet.layout.nodes[from], target = sheet.layout.nodes[to];
    append_direct(svg,
                  {source.x + sheet.shapes[from].size.width,
                   source.y + sheet.shapes[from].output_y(connection.from_port)},
                  {target.x, target.y + sheet.shapes[to].input_y(connection.to_port)});
  } else {
    append_route(svg, route);
  }
  svg.raw("\"/>\n");
}

}  // namespace vnode
