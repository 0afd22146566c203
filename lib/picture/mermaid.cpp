#include "picture/mermaid.h"

#include <array>

#include "base/shown_text.h"
#include "base/text.h"
#include "picture/containment.h"

namespace vnode {
namespace {

constexpr std::size_t kMermaidName = 60;

/// For quoted texts: everything that could be Mermaid's, Markdown's or HTML's as the entity that Mermaid has
/// for it.
std::string mermaid_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : shown_line(text, kMermaidName)) {
    const bool is_plain = static_cast<unsigned char>(c) >= 0x80 || is_digit(c) || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || c == ' ' || c == '.' || c == ',' || c == '_' || c == '-';
    if (is_plain) {
      out += c;
    } else {
      out += "#" + std::to_string(static_cast<int>(c)) + ";";
    }
  }
  return out.size() == 1 ? "\" \"" : out + "\"";
}

constexpr std::string_view kClasses =
    "  classDef ok fill:#bfe8cb,stroke:#3fa564,color:#1b2130\n"
    "  classDef ha fill:#f6e2a6,stroke:#c59a14,color:#1b2130\n"
    "  classDef bad fill:#f8b4b4,stroke:#d33c3c,stroke-width:3px,color:#1b2130\n"
    "  classDef late fill:#fbcfa0,stroke:#dc761a,stroke-width:3px,color:#1b2130\n"
    "  classDef skip fill:#dfe3e9,stroke:#9aa3b1,stroke-dasharray:4 3,color:#1b2130\n"
    "  classDef stop fill:#ecd9f5,stroke:#9a57bd,color:#1b2130\n"
    "  classDef run fill:#bcd8fb,stroke:#2f7de0,color:#1b2130\n";

std::string_view class_of(OutcomeState state) {
  constexpr std::array<std::string_view, 8> kNames = {"", "run", "ok", "ha", "bad", "late", "skip", "stop"};
  return kNames[static_cast<std::size_t>(state)];
}

class MermaidDrawing {
 public:
  explicit MermaidDrawing(const Picture& picture) : picture_(picture) {}

  Drawing draw() {
    // What is always there: the first line, the classes.
    used_ = 200 + kClasses.size();
    for (std::size_t number = 0; number < picture_.sheets.size(); ++number) add_sheet(number);
    Drawing drawing;
    drawing.text = "flowchart LR\n" + nodes_ + edges_ + groups_;
    if (picture_.run) drawing.text += kClasses;
    if (left_out_nodes_ + left_out_wires_ > 0) {
      drawing.warnings.push_back(
          "Mermaid draws up to 500 edges and 50,000 characters: " + std::to_string(left_out_nodes_) +
          " nodes and " + std::to_string(left_out_wires_) +
          " wires are left out; --format svg draws all of them");
    }
    return drawing;
  }

 private:
  static std::string name(std::size_t sheet, std::size_t node) {
    return "n" + std::to_string(sheet) + "_" + std::to_string(node);
  }

  /// False when there is no room for it.
  bool add(std::string& part, const std::string& line) {
    // Characters as JavaScript counts them are at most bytes.
    if (used_ + line.size() > kMostMermaidCharacters) return false;
    used_ += line.size();
    part += line;
    return true;
  }

  void add_sheet(std::size_t number) {
    const Sheet& sheet = *picture_.sheets[number];
    std::vector<bool> is_there(sheet.shapes.size(), false);
    for (NodeIndex node = 0; node < sheet.shapes.size(); ++node) {
      is_there[node] = add(nodes_, node_line(sheet, number, node));
      if (!is_there[node]) ++left_out_nodes_;
    }
    for (WireIndex wire = 0; wire < sheet.workflow.connections.size(); ++wire) {
      if (!is_drawn(sheet, wire)) continue;
      const bool has_ends = is_there[sheet.graph.from(wire)] && is_there[sheet.graph.to(wire)];
      if (has_ends && edge_count_ < kMostMermaidEdges && add(edges_, wire_line(sheet, number, wire))) {
        ++edge_count_;
      } else {
        ++left_out_wires_;
      }
    }
    add_groups(sheet, number, is_there);
    for (std::size_t i = 0; i < sheet.notes.size(); ++i) {
      add(nodes_, "  note" + std::to_string(number) + "_" + std::to_string(i) + ">" +
                      mermaid_text(sheet.notes[i].text) + "]\n");
    }
  }

  std::string node_line(const Sheet& sheet, std::size_t number, NodeIndex node) const {
    const NodeOutcome* outcome = sheet.outcomes[node];
    std::string label = sheet.shapes[node].title;
    const bool is_group = sheet.inside[node] != 0;
    std::string line = "  " + name(number, node) + (is_group ? "[[" : "[");
    std::string text = mermaid_text(label);
    if (outcome && outcome->executions > 0) {
      text.pop_back();
      text += "<br>" + seconds_text(outcome->seconds) + "\"";
    }
    line += text + (is_group ? "]]" : "]");
    const std::string_view css = outcome ? class_of(outcome->state) : "";
    if (!css.empty()) line.append(":::").append(css);
    return line + "\n";
  }

  static std::string wire_line(const Sheet& sheet, std::size_t number, WireIndex wire) {
    const Connection& connection = sheet.workflow.connections[wire];
    std::string line = "  " + name(number, sheet.graph.from(wire)) + (connection.is_exec ? " ==>" : " -->");
    if (connection.from_port != "exec_out") line += "|" + mermaid_text(connection.from_port) + "|";
    return line + " " + name(number, sheet.graph.to(wire)) + "\n";
  }

  /// As subgraphs: backdrops of the outermost, and each inside of a group.
  void add_groups(const Sheet& sheet, std::size_t number, const std::vector<bool>& is_there) {
    if (number > 0) {
      add_group("g" + std::to_string(number), sheet.title, number, is_there);
      return;
    }
    const std::vector<std::size_t> enclosing = enclosing_backdrops(sheet);
    for (std::size_t backdrop = 0; backdrop < sheet.backdrops.size(); ++backdrop) {
      std::vector<bool> members(is_there.size());
      bool is_empty = true;
      for (std::size_t node = 0; node < members.size(); ++node) {
        members[node] = is_there[node] && enclosing[node] == backdrop;
        is_empty = is_empty && !members[node];
      }
      if (!is_empty)
        add_group("b" + std::to_string(backdrop), sheet.backdrops[backdrop].text, number, members);
    }
  }

  void add_group(const std::string& id, std::string_view title, std::size_t number,
                 const std::vector<bool>& members) {
    std::string text = "  subgraph " + id + " [" + mermaid_text(title) + "]\n";
    for (std::size_t node = 0; node < members.size(); ++node) {
      if (members[node]) text += "    " + name(number, node) + "\n";
    }
    add(groups_, text + "  end\n");
  }

  const Picture& picture_;
  std::string nodes_, edges_, groups_;
  std::size_t used_ = 0;
  std::size_t edge_count_ = 0;
  std::size_t left_out_nodes_ = 0;
  std::size_t left_out_wires_ = 0;
};

}  // namespace

Drawing draw_mermaid(const Picture& picture) { return MermaidDrawing(picture).draw(); }

}  // namespace vnode
