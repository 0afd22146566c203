#include "picture/dot.h"

#include <algorithm>

#include "base/shown_text.h"
#include "picture/containment.h"

namespace vnode {
namespace {

constexpr std::size_t kDotName = 120;

/// For HTML-like labels, whose backslashes mean nothing.
std::string html(std::string_view text) {
  std::string out;
  for (const char c : shown_line(text, kDotName)) {
    if (c == '&') out += "&amp;";
    if (c == '<') out += "&lt;";
    if (c == '>') out += "&gt;";
    if (c == '"') out += "&quot;";
    if (c != '&' && c != '<' && c != '>' && c != '"') out += c;
  }
  return out.empty() ? " " : out;
}

/// For quoted strings: neither escapes of Graphviz nor the end of the string.
std::string dot_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\l";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string_view fill_of(OutcomeState state) {
  switch (state) {
    case OutcomeState::kSucceeded:
      return "#bfe8cb";
    case OutcomeState::kFailed:
      return "#f8b4b4";
    case OutcomeState::kTimedOut:
      return "#fbcfa0";
    case OutcomeState::kHandled:
      return "#f6e2a6";
    case OutcomeState::kSkipped:
      return "#dfe3e9";
    case OutcomeState::kCancelled:
      return "#ecd9f5";
    case OutcomeState::kRunning:
      return "#bcd8fb";
    case OutcomeState::kNeverStarted:
      break;
  }
  return "#f3f4f6";
}

class DotDrawing {
 public:
  explicit DotDrawing(const Picture& picture) : picture_(picture) {}

  std::string draw() {
    out_ = "digraph workflow {\n";
    out_ += "  graph [rankdir=LR, fontname=\"Helvetica\", nodesep=0.35, ranksep=0.8, label=";
    out_ += dot_text(picture_.sheets.front()->title) + ", labelloc=t];\n";
    out_ += "  node [shape=plain, fontname=\"Helvetica\", fontsize=11];\n";
    out_ += "  edge [color=\"#4a7fb5\", arrowsize=0.6];\n";
    for (std::size_t i = 0; i < picture_.sheets.size(); ++i) draw_sheet(i);
    out_ += "}\n";
    return std::move(out_);
  }

 private:
  static std::string name(std::size_t sheet, std::size_t node) {
    return "n" + std::to_string(sheet) + "_" + std::to_string(node);
  }

  void draw_sheet(std::size_t number) {
    const Sheet& sheet = *picture_.sheets[number];
    if (number > 0) {
      out_ += "  subgraph cluster_group" + std::to_string(number) + " {\n  label=" + dot_text(sheet.title) +
              ";\n";
    }
    const std::vector<std::size_t> enclosing = enclosing_backdrops(sheet);
    for (std::size_t backdrop = 0; backdrop < sheet.backdrops.size(); ++backdrop) {
      out_ += "  subgraph cluster_backdrop" + std::to_string(number) + "_" + std::to_string(backdrop);
      out_ += " {\n  label=" + dot_text(shown_line(sheet.backdrops[backdrop].text, kDotName));
      out_ += "; style=\"rounded,filled\"; color=\"" + sheet.backdrops[backdrop].colour + "\"; fillcolor=\"";
      out_ += sheet.backdrops[backdrop].colour + "22\";\n";
      for (NodeIndex node = 0; node < sheet.shapes.size(); ++node) {
        if (enclosing[node] == backdrop) draw_node(sheet, number, node);
      }
      out_ += "  }\n";
    }
    for (NodeIndex node = 0; node < sheet.shapes.size(); ++node) {
      if (enclosing[node] == kInNone) draw_node(sheet, number, node);
    }
    draw_notes(sheet, number);
    if (number > 0) out_ += "  }\n";
    draw_wires(sheet, number);
  }

  void draw_notes(const Sheet& sheet, std::size_t number) {
    for (std::size_t note = 0; note < sheet.notes.size(); ++note) {
      out_ += "  note" + std::to_string(number) + "_" + std::to_string(note) +
              " [shape=note, style=filled, fillcolor=\"";
      out_ += sheet.notes[note].colour + "\", label=" + dot_text(sheet.notes[note].text + "\n") + "];\n";
    }
  }

  void draw_node(const Sheet& sheet, std::size_t number, NodeIndex index) {
    const NodeShape& shape = sheet.shapes[index];
    const NodeOutcome* outcome = sheet.outcomes[index];
    const OutcomeState state = outcome ? outcome->state : OutcomeState::kNeverStarted;
    const bool is_dashed = !shape.is_known || sheet.workflow.nodes[index].bypassed;
    out_ += "  " + name(number, index) +
            " [label=<<TABLE BORDER=\"1\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"4\"";
    if (is_dashed) out_ += " STYLE=\"DASHED\"";
    out_ += " BGCOLOR=\"white\"><TR><TD COLSPAN=\"2\" BGCOLOR=\"";
    out_ += picture_.run ? fill_of(state) : std::string_view("#dbe5f6");
    out_ += "\"><B>" + html(shape.title) + "</B></TD></TR>";
    for (std::size_t row = 0; row < std::max(shape.inputs.size(), shape.outputs.size()); ++row) {
      out_ += "<TR>" + cell(shape.inputs, row, 'i') + cell(shape.outputs, row, 'o') + "</TR>";
    }
    if (outcome && outcome->executions > 0) {
      out_ +=
          "<TR><TD COLSPAN=\"2\" ALIGN=\"RIGHT\"><FONT POINT-SIZE=\"9\">" + html(outcome_word(state)) + ", ";
      out_ += seconds_text(outcome->seconds) + "</FONT></TD></TR>";
    }
    out_ += "</TABLE>>";
    append_position(sheet, number, index);
    out_ += "];\n";
  }

  /// In points, upwards, as Graphviz counts. Of the outermost only: the insides of groups have origins of
  /// their own.
  void append_position(const Sheet& sheet, std::size_t number, NodeIndex index) {
    if (number > 0) return;
    const Point at = sheet.layout.nodes[index];
    const Size size = sheet.shapes[index].size;
    out_ += ", pos=\"" + std::to_string(static_cast<long long>(at.x + size.width / 2)) + ",";
    out_ += std::to_string(static_cast<long long>(-at.y - size.height / 2)) + "\"";
  }

  static std::string cell(const std::vector<NodeShape::PortRow>& rows, std::size_t row, char side) {
    if (row >= rows.size()) return "<TD></TD>";
    const char* align = side == 'i' ? "LEFT" : "RIGHT";
    return "<TD PORT=\"" + std::string(1, side) + std::to_string(row) + "\" ALIGN=\"" + align + "\">" +
           html(rows[row].port.name) + "</TD>";
  }

  static std::string port(const std::vector<NodeShape::PortRow>& rows, const std::string& name, char side) {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&name](const auto& row) { return row.port.name == name; });
    return ":" + std::string(1, side) + std::to_string(found - rows.begin());
  }

  void draw_wires(const Sheet& sheet, std::size_t number) {
    for (WireIndex wire = 0; wire < sheet.workflow.connections.size(); ++wire) {
      if (!is_drawn(sheet, wire)) continue;
      const Connection& connection = sheet.workflow.connections[wire];
      const NodeIndex from = sheet.graph.from(wire), to = sheet.graph.to(wire);
      out_ +=
          "  " + name(number, from) + port(sheet.shapes[from].outputs, connection.from_port, 'o') + ":e -> ";
      out_ += name(number, to) + port(sheet.shapes[to].inputs, connection.to_port, 'i') + ":w";
      if (connection.is_exec) out_ += " [penwidth=2.2, color=\"#2b3240\", weight=4]";
      out_ += ";\n";
    }
  }

  const Picture& picture_;
  std::string out_;
};

}  // namespace

Drawing draw_dot(const Picture& picture) { return {DotDrawing(picture).draw(), {}}; }

}  // namespace vnode
