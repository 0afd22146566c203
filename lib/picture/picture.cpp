#include "picture/picture.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/shown_text.h"
#include "model/members.h"
#include "model/workflow_reader.h"

namespace vnode {
namespace {

constexpr std::size_t kMostSheets = 200;
constexpr std::size_t kLongestText = 4000;
constexpr std::string_view kGroupNode = "group_node";
constexpr std::string_view kInnerWorkflow = "__workflow__";

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// "#rgb", "#rrggbb" or "#aarrggbb", as the editor writes them; anything else is not put into a document.
std::string colour_of(std::string_view text, std::string_view otherwise) {
  const bool is_colour =
      text.size() > 1 && text[0] == '#' && std::all_of(text.begin() + 1, text.end(), is_hex);
  if (!is_colour) return std::string(otherwise);
  if (text.size() == 7) return std::string(text);
  if (text.size() == 9) return "#" + std::string(text.substr(3));
  if (text.size() != 4) return std::string(otherwise);
  std::string colour = "#";
  for (const char c : text.substr(1)) colour.append(2, c);
  return colour;
}

std::vector<Decoration> decorations_of(const Value& list, std::string_view text_key, Size size,
                                       std::string_view colour) {
  std::vector<Decoration> found;
  if (!list.is_list()) return found;
  for (const Value& item : list.as_list()) {
    const Value* at = member(item, "position");
    const std::optional<Point> position = at ? read_position(*at) : std::nullopt;
    if (!position) continue;
    const Value* extent = member(item, "size");
    const std::optional<Point> read = extent ? read_position(*extent) : std::nullopt;
    const bool has_size = read && read->x > 0 && read->y > 0;
    found.push_back({*position, has_size ? Size{read->x, read->y} : size,
                     shown_text(text_view(item, text_key), kLongestText),
                     colour_of(text_view(item, "color"), colour)});
  }
  return found;
}

std::string address_of(const Sheet& sheet, const NodeInstance& node) {
  return sheet.address.empty() ? node.instance_id.text() : sheet.address + "/" + node.instance_id.text();
}

/// For a wire that leads back, where the file says the positions: round below the nodes, where it can be
/// followed, instead of through them.
Route way_back(const Sheet& sheet, WireIndex wire, std::size_t number) {
  constexpr double kBelow = 26;
  const Connection& connection = sheet.workflow.connections[wire];
  const NodeIndex from = sheet.graph.from(wire), to = sheet.graph.to(wire);
  const Point source = sheet.layout.nodes[from], target = sheet.layout.nodes[to];
  const double right = source.x + sheet.shapes[from].size.width;
  double y =
      std::max(source.y + sheet.shapes[from].size.height, target.y + sheet.shapes[to].size.height) + kBelow;
  bool is_free = sheet.shapes.size() > 5000;  // there nobody follows a wire
  while (!is_free) {
    is_free = true;
    for (std::size_t node = 0; node < sheet.shapes.size(); ++node) {
      const Point at = sheet.layout.nodes[node];
      const Size size = sheet.shapes[node].size;
      const bool is_hit = at.x < right && at.x + size.width > target.x && at.y < y && at.y + size.height > y;
      if (!is_hit) continue;
      y = at.y + size.height + kBelow;
      is_free = false;
    }
  }
  y += 9 * static_cast<double>(number % 6);
  return {{right, right, source.y + sheet.shapes[from].output_y(connection.from_port)},
          {right, target.x, y, true},
          {target.x, target.x, target.y + sheet.shapes[to].input_y(connection.to_port)}};
}

void add_ways_back(Sheet& sheet) {
  std::size_t number = 0;
  for (WireIndex wire = 0; wire < sheet.workflow.connections.size(); ++wire) {
    if (!is_drawn(sheet, wire) || !sheet.layout.routes[wire].empty()) continue;
    const NodeIndex from = sheet.graph.from(wire), to = sheet.graph.to(wire);
    const double right = sheet.layout.nodes[from].x + sheet.shapes[from].size.width;
    if (sheet.layout.nodes[to].x >= sheet.layout.nodes[from].x + 1 && sheet.layout.nodes[to].x + 60 >= right)
      continue;
    sheet.layout.routes[wire] = way_back(sheet, wire, number++);
  }
}

class PictureMaking {
 public:
  PictureMaking(const LookOf& look_of, const RunOutcomes* run) : look_of_(look_of) { picture_.run = run; }

  void add(Workflow workflow, std::string title, std::string address) {
    Graph graph(workflow);
    std::vector<NodeShape> shapes = node_shapes(workflow, graph, look_of_);
    for (NodeShape& shape : shapes) clean(shape);
    WorkflowLayout layout = lay_out(workflow, graph, shapes);
    auto sheet = std::make_unique<Sheet>(Sheet{.title = shown_line(title, 200),
                                               .address = std::move(address),
                                               .workflow = std::move(workflow),
                                               .graph = std::move(graph),
                                               .shapes = std::move(shapes),
                                               .layout = std::move(layout),
                                               .backdrops = {},
                                               .notes = {},
                                               .outcomes = {},
                                               .inside = {}});
    sheet->backdrops = decorations_of(sheet->workflow.backdrops, "title", {400, 300}, "#444444");
    sheet->notes = decorations_of(sheet->workflow.sticky_notes, "text", {200, 150}, "#ffffcc");
    sheet->inside.resize(sheet->workflow.nodes.size(), 0);
    add_ways_back(*sheet);
    colour(*sheet);
    picture_.sheets.push_back(std::move(sheet));
  }

  /// The insides of groups, a level after the other: depth costs no stack.
  void add_groups() {
    for (std::size_t i = 0; i < picture_.sheets.size(); ++i) {
      Sheet& sheet = *picture_.sheets[i];
      for (NodeIndex node = 0; node < sheet.workflow.nodes.size(); ++node) add_inside(sheet, node);
    }
  }

  Picture take() { return std::move(picture_); }

 private:
  static void clean(NodeShape& shape) {
    constexpr std::size_t kLongestName = 200;
    shape.title = shown_line(shape.title, kLongestName);
  }

  void colour(Sheet& sheet) {
    for (const NodeInstance& node : sheet.workflow.nodes) {
      const NodeOutcome* outcome = picture_.run ? picture_.run->find(address_of(sheet, node)) : nullptr;
      sheet.outcomes.push_back(outcome);
      if (outcome) picture_.longest = std::max(picture_.longest, outcome->seconds);
    }
  }

  void add_inside(Sheet& sheet, NodeIndex index) {
    const NodeInstance& node = sheet.workflow.nodes[index];
    if (node.node_id != kGroupNode) return;
    const Value* document = node.parameters.find(kInnerWorkflow);
    if (!document || !document->is_dict()) return;
    if (picture_.sheets.size() >= kMostSheets) {
      ++picture_.left_out;
      return;
    }
    WorkflowReading reading = read_workflow(*document, "");
    if (!reading.workflow) return;
    sheet.inside[index] = picture_.sheets.size();
    add(std::move(*reading.workflow), "group " + sheet.shapes[index].title, address_of(sheet, node));
  }

  const LookOf& look_of_;
  Picture picture_;
};

}  // namespace

Picture make_picture(Workflow workflow, std::string title, const LookOf& look_of, const RunOutcomes* run) {
  PictureMaking making(look_of, run);
  making.add(std::move(workflow), std::move(title), "");
  making.add_groups();
  return making.take();
}

std::string short_id(const NodeInstance& node) { return node.instance_id.text().substr(0, 8); }

std::string_view wire_type(const Sheet& sheet, WireIndex wire) {
  const Connection& connection = sheet.workflow.connections[wire];
  for (const NodeShape::PortRow& row : sheet.shapes[sheet.graph.from(wire)].outputs) {
    if (row.port.name == connection.from_port) return row.port.type;
  }
  return "any";
}

bool is_drawn(const Sheet& sheet, WireIndex wire) {
  return sheet.graph.from(wire) != Graph::kNowhere && sheet.graph.to(wire) != Graph::kNowhere;
}

}  // namespace vnode
