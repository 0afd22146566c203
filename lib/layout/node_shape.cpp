#include "layout/node_shape.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/text.h"

namespace vnode {
namespace {

// The editor's fonts, of which an average character is half as wide as high.
constexpr double kTitleCharacter = 6;
constexpr double kPortCharacter = 5.3;

/// What the editor draws for an input of that widget, its label included; 0: nothing.
Size field_size(std::string_view widget) {
  if (widget.empty()) return {};
  if (widget == "text_area") return {250, 95};
  if (widget == "bool" || widget == "slider") return {84, 34};
  if (widget == "int" || widget == "float") return {100, 36};
  return {125, 38};  // a line of text, a list to choose from, a file with its button
}

/// Exec ports first, as the editor has them.
std::vector<NodeShape::PortRow> rows_of(std::vector<Port> ports) {
  std::stable_partition(ports.begin(), ports.end(), [](const Port& port) { return port.is_exec(); });
  std::vector<NodeShape::PortRow> rows;
  for (Port& port : ports) rows.push_back({std::move(port)});
  return rows;
}

void add_missing(std::vector<NodeShape::PortRow>& rows, const std::string& name, bool is_exec) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&name](const auto& row) { return row.port.name == name; });
  if (found != rows.end()) return;
  rows.push_back({Port{.name = name, .type = is_exec ? "exec" : "any"}, 0, true});
}

/// Characters, of which wide ones count nearly twice.
double columns(std::string_view text) {
  double units = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) ++end;
    units += byte >= 0xE1 ? 1.8 : 1;  // from U+1000 on most are wide
    at = end;
  }
  return units;
}

double label_width(const std::vector<NodeShape::PortRow>& rows, std::size_t row) {
  return row < rows.size() ? columns(rows[row].port.name) * kPortCharacter + 8 : 0;
}

double width_of(const NodeShape& shape) {
  double width = std::max(kLeastNodeWidth, columns(shape.title) * kTitleCharacter + 60);
  for (std::size_t row = 0; row < std::max(shape.inputs.size(), shape.outputs.size()); ++row) {
    width = std::max(width, 100 + label_width(shape.inputs, row) + label_width(shape.outputs, row));
  }
  for (const NodeShape::PortRow& row : shape.inputs) {
    const Size field = field_size(row.port.widget);
    if (field.width > 0) width = std::max(width, field.width + 2 * kFieldIndent);
  }
  constexpr double kMost = 600;  // a name of a thousand characters is cut off instead
  return std::min(kMost, width);
}

/// Rows from the top, then the fields, with even distances.
void measure(NodeShape& shape) {
  double bottom = kFirstPort;
  for (auto* rows : {&shape.inputs, &shape.outputs}) {
    double y = kFirstPort;
    for (NodeShape::PortRow& row : *rows) {
      row.y = y;
      y += kPortRow;
    }
    bottom = std::max(bottom, y);
  }
  double fields = 0;
  constexpr double kBetween = 10;
  for (const NodeShape::PortRow& row : shape.inputs) {
    const double height = field_size(row.port.widget).height;
    if (height == 0) continue;
    shape.fields.push_back({row.port.name, bottom + kBetween + fields, height});
    fields += height + kBetween;
  }
  shape.size = {width_of(shape), std::max(kLeastNodeHeight, bottom + fields + 20)};
}

double y_of(const std::vector<NodeShape::PortRow>& rows, std::string_view name) {
  for (const NodeShape::PortRow& row : rows) {
    if (row.port.name == name) return row.y;
  }
  return kFirstPort;
}

}  // namespace

double NodeShape::input_y(std::string_view name) const { return y_of(inputs, name); }
double NodeShape::output_y(std::string_view name) const { return y_of(outputs, name); }

double text_width(std::string_view text, double font_size) {
  constexpr double kAverage = 0.56;  // of the fonts that pictures are shown with
  return columns(text) * kAverage * font_size;
}

std::vector<NodeShape> node_shapes(const Workflow& workflow, const Graph& graph, const LookOf& look_of) {
  std::vector<NodeShape> shapes;
  shapes.reserve(workflow.nodes.size());
  for (const NodeInstance& node : workflow.nodes) {
    NodeLook look = look_of(node);
    NodeShape shape;
    shape.title = std::move(look.title);
    shape.category = std::move(look.category);
    shape.is_known = look.is_known;
    shape.inputs = rows_of(std::move(look.inputs));
    shape.outputs = rows_of(std::move(look.outputs));
    shapes.push_back(std::move(shape));
  }
  for (WireIndex wire = 0; wire < workflow.connections.size(); ++wire) {
    const Connection& connection = workflow.connections[wire];
    if (graph.from(wire) == Graph::kNowhere || graph.to(wire) == Graph::kNowhere) continue;
    add_missing(shapes[graph.from(wire)].outputs, connection.from_port, connection.is_exec);
    add_missing(shapes[graph.to(wire)].inputs, connection.to_port, connection.is_exec);
  }
  for (NodeShape& shape : shapes) {
    if (!shape.is_known) {
      // Nothing says that those of its wires are all: they are not missing.
      for (auto* rows : {&shape.inputs, &shape.outputs}) {
        for (NodeShape::PortRow& row : *rows) row.is_missing = false;
      }
    }
    measure(shape);
  }
  return shapes;
}

}  // namespace vnode
