#include "picture/text_tree.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "base/shown_text.h"
#include "layout/node_shape.h"

namespace vnode {
namespace {

constexpr std::size_t kTreeName = 60;

/// Columns that a line takes: wide characters two, as layouts count them.
std::size_t columns_of(std::string_view line) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < line.size();) {
    const auto byte = static_cast<unsigned char>(line[at]);
    std::size_t size = 1;
    while (at + size < line.size() && (static_cast<unsigned char>(line[at + size]) & 0xC0U) == 0x80) ++size;
    // Of what is drawn here only CJK and pictures are wide; arrows and lines (U+2000 to U+2BFF) are not.
    columns += byte >= 0xE3 ? 2 : 1;
    at += size;
  }
  return columns;
}

std::string cut(const std::string& line, std::size_t columns) {
  if (columns_of(line) <= columns) return line;
  std::size_t used = 0, at = 0;
  while (at < line.size()) {
    std::size_t size = 1;
    while (at + size < line.size() && (static_cast<unsigned char>(line[at + size]) & 0xC0U) == 0x80) ++size;
    const std::size_t width = columns_of(std::string_view(line).substr(at, size));
    if (used + width + 1 > columns) break;
    used += width;
    at += size;
  }
  return line.substr(0, at) + "\xE2\x80\xA6";
}

std::string_view mark_of(OutcomeState state) {
  switch (state) {
    case OutcomeState::kSucceeded:
      return "\xE2\x9C\x93 ";
    case OutcomeState::kFailed:
    case OutcomeState::kHandled:
    case OutcomeState::kTimedOut:
      return "\xE2\x9C\x97 ";
    case OutcomeState::kSkipped:
    case OutcomeState::kCancelled:
      return "\xE2\x80\x93 ";
    case OutcomeState::kRunning:
      return "\xE2\x80\xA6 ";
    case OutcomeState::kNeverStarted:
      break;
  }
  return "  ";
}

std::string_view colour_of(OutcomeState state) {
  switch (state) {
    case OutcomeState::kSucceeded:
      return "\x1B[32m";
    case OutcomeState::kFailed:
    case OutcomeState::kTimedOut:
      return "\x1B[31m";
    case OutcomeState::kHandled:
    case OutcomeState::kCancelled:
      return "\x1B[33m";
    case OutcomeState::kRunning:
      return "\x1B[34m";
    case OutcomeState::kSkipped:
    case OutcomeState::kNeverStarted:
      break;
  }
  return "\x1B[2m";
}

class TextDrawing {
 public:
  TextDrawing(const Picture& picture, std::size_t columns, bool has_colour)
      : picture_(picture), columns_(std::max<std::size_t>(columns, 20)), has_colour_(has_colour) {}

  std::string draw() {
    for (const auto& sheet : picture_.sheets) draw_sheet(*sheet);
    return std::move(out_);
  }

 private:
  /// A node that is to be written: how it is reached, and what stands in front of its line.
  struct Step {
    NodeIndex node;
    std::string lead;   ///< in front of the node's own line
    std::string below;  ///< in front of the lines of what follows it
    std::string port;   ///< of the node before, if it is not the usual one
  };

  void draw_sheet(const Sheet& sheet) {
    sheet_ = &sheet;
    is_written_.assign(sheet.shapes.size(), false);
    names_.clear();
    for (const NodeInstance& node : sheet.workflow.nodes) ++names_[node_name(node)];
    if (!out_.empty()) out_ += "\n";
    write(title(sheet), OutcomeState::kNeverStarted, false);
    // Beginnings first, then what only cycles lead to, all in file order.
    for (const bool begins : {true, false}) {
      for (NodeIndex node = 0; node < sheet.shapes.size(); ++node) {
        if (is_written_[node] || (begins && has_source(node)) || (begins && is_aside(node))) continue;
        write_tree(node);
      }
    }
    for (const Decoration& note : sheet.notes) {
      write("note: " + shown_line(note.text, 300), OutcomeState::kNeverStarted, false);
    }
  }

  std::string title(const Sheet& sheet) const {
    std::string text = sheet.title + ": " + count(sheet.shapes.size(), "node") + ", " +
                       count(sheet.workflow.connections.size(), "wire");
    if (!picture_.run || &sheet != picture_.sheets.front().get()) return text;
    text += "; " + (picture_.run->status.empty() ? std::string("not ended") : picture_.run->status);
    if (picture_.run->seconds > 0) text += ", " + seconds_text(picture_.run->seconds);
    return text;
  }

  static std::string count(std::size_t number, const std::string& word) {
    return std::to_string(number) + " " + word + (number == 1 ? "" : "s");
  }

  bool is_flow() const { return sheet_->graph.has_exec_wires(); }

  std::span<const WireIndex> next(NodeIndex node) const {
    return is_flow() ? sheet_->graph.exec_out(node) : sheet_->graph.data_out(node);
  }
  bool has_source(NodeIndex node) const {
    return is_flow() ? !sheet_->graph.exec_in(node).empty() : !sheet_->graph.data_in(node).empty();
  }
  /// In flow mode: no exec wire at all, so it is only asked for values.
  bool is_aside(NodeIndex node) const {
    return is_flow() && sheet_->graph.exec_in(node).empty() && sheet_->graph.exec_out(node).empty();
  }

  /// Depth first with a list of its own. What follows alone stands below, not further right: a chain of a
  /// thousand nodes fits.
  void write_tree(NodeIndex root) {
    std::vector<Step> todo;
    todo.push_back({root, "", "", ""});
    while (!todo.empty()) {
      const Step step = std::move(todo.back());
      todo.pop_back();
      const bool is_known = is_written_[step.node];
      write_node(step, is_known);
      if (is_known) continue;
      is_written_[step.node] = true;
      push_next(step, todo);
    }
  }

  void push_next(const Step& step, std::vector<Step>& todo) const {
    const std::span<const WireIndex> wires = next(step.node);
    const std::string& below = step.below;
    if (wires.size() == 1) {
      todo.push_back({sheet_->graph.to(wires[0]), below + "\xE2\x86\x93 ", below, port_of(wires[0])});
      return;
    }
    // A branch that would leave no room for its text is not moved further right.
    const bool has_room = columns_of(below) + 24 < columns_;
    for (std::size_t i = wires.size(); i-- > 0;) {
      const bool is_last = i + 1 == wires.size();
      const std::string branch = is_last ? "\xE2\x94\x94\xE2\x94\x80 " : "\xE2\x94\x9C\xE2\x94\x80 ";
      const std::string line = is_last ? "   " : "\xE2\x94\x82  ";
      todo.push_back(
          {sheet_->graph.to(wires[i]), below + branch, has_room ? below + line : below, port_of(wires[i])});
    }
  }

  std::string port_of(WireIndex wire) const {
    const std::string& port = sheet_->workflow.connections[wire].from_port;
    return port == "exec_out" ? "" : shown_line(port, kTreeName);
  }

  void write_node(const Step& step, bool is_known) {
    const NodeInstance& node = sheet_->workflow.nodes[step.node];
    const NodeOutcome* outcome = sheet_->outcomes[step.node];
    const OutcomeState state = outcome ? outcome->state : OutcomeState::kNeverStarted;
    std::string line = step.lead;
    if (!step.port.empty()) line += step.port + ": ";
    if (picture_.run && !is_known) line += mark_of(state);
    line += beginning_of(sheet_->shapes[step.node].title);
    // A name that only one has says it all.
    const std::string_view name = node_name(node);
    if (name.empty() || names_.at(name) > 1) line += " " + short_id(node);
    if (is_known) {
      write(line + " (above)", OutcomeState::kNeverStarted, false);
      return;
    }
    if (node.bypassed) line += " (bypassed)";
    if (outcome) line += " " + outcome_text(*outcome);
    line += sources(step.node);
    write(line, state, picture_.run != nullptr);
  }

  static std::string beginning_of(const std::string& title) { return shown_line(title, kTreeName); }

  static std::string outcome_text(const NodeOutcome& outcome) {
    std::string text = outcome.executions > 0 ? seconds_text(outcome.seconds) : "";
    if (outcome.executions > 1) text += " \xC3\x97" + std::to_string(outcome.executions);
    if (outcome.state == OutcomeState::kSucceeded) return text;
    if (!text.empty()) text += " ";
    text += outcome_word(outcome.state);
    if (!outcome.message.empty()) text += ": " + shown_line(outcome.message, 120);
    return text;
  }

  /// Where its values come from, in flow mode.
  std::string sources(NodeIndex node) const {
    if (!is_flow()) return "";
    std::string text;
    for (const WireIndex wire : sheet_->graph.data_in(node)) {
      text += text.empty() ? "  \xE2\x86\x90 " : ", ";
      text += beginning_of(sheet_->shapes[sheet_->graph.from(wire)].title) + "." +
              shown_line(sheet_->workflow.connections[wire].from_port, kTreeName);
      if (text.size() > 300) break;
    }
    return text;
  }

  void write(const std::string& line, OutcomeState state, bool is_coloured) {
    if (has_colour_ && is_coloured) {
      out_.append(colour_of(state)).append(cut(line, columns_)).append("\x1B[0m\n");
    } else {
      out_ += cut(line, columns_) + "\n";
    }
  }

  const Picture& picture_;
  const std::size_t columns_;
  const bool has_colour_;
  const Sheet* sheet_ = nullptr;
  std::vector<bool> is_written_;
  std::unordered_map<std::string_view, std::size_t>
      names_;  ///< of the sheet's nodes, and how many are called so
  std::string out_;
};

}  // namespace

Drawing draw_text(const Picture& picture, std::size_t columns, bool has_colour) {
  return {TextDrawing(picture, columns, has_colour).draw(), {}};
}

}  // namespace vnode
