#include "picture/svg_node.h"

#include <algorithm>
#include <unordered_set>

#include "base/shown_text.h"
#include "model/json_writer.h"
#include "picture/svg_style.h"

namespace vnode {
namespace {

constexpr double kRadius = 8;
constexpr double kTitleFont = 13;
constexpr double kLabelFont = 11;

/// A saved value as one line.
std::string value_line(const Value& value) {
  constexpr std::size_t kMost = 120;
  if (value.is_text()) return shown_line(value.as_text(), kMost);
  if (json_size(value, 4 * kMost) > 4 * kMost) {
    if (value.is_list()) return "[" + std::to_string(value.as_list().size()) + " items]";
    if (value.is_dict()) return "{" + std::to_string(value.as_entries().size()) + " items}";
    return "...";
  }
  std::string json;
  append_json(json, value);
  return shown_line(json, kMost);
}

class NodeDrawing {
 public:
  NodeDrawing(SvgText& svg, const Picture& picture, const Sheet& sheet, NodeIndex index)
      : svg_(svg),
        picture_(picture),
        sheet_(sheet),
        index_(index),
        node_(sheet.workflow.nodes[index]),
        shape_(sheet.shapes[index]),
        outcome_(sheet.outcomes[index]) {}

  void draw() {
    const Point at = sheet_.layout.nodes[index_];
    const bool is_dim = node_.bypassed || (picture_.run && !outcome_);
    if (is_dim) svg_.box("g", at, shape_.size, kRadius);  // wires behind it do not shine through
    svg_.raw("<g").raw(is_dim ? " class=\"o\"" : "").raw(" transform=\"translate(").number(at.x).raw(" ");
    svg_.number(at.y).raw(")\">");
    draw_tooltip();
    draw_body();
    draw_title();
    for (const auto& row : shape_.inputs) draw_port(row, true);
    for (const auto& row : shape_.outputs) draw_port(row, false);
    draw_fields();
    if (outcome_) draw_time();
    svg_.raw("</g>\n");
  }

 private:
  double width() const { return shape_.size.width; }

  OutcomeState state() const { return outcome_ ? outcome_->state : OutcomeState::kNeverStarted; }

  void draw_tooltip() {
    svg_.raw("<title>").text(shape_.title).raw(" (").text(shown_line(node_.node_id, 100)).raw(", ");
    svg_.text(node_.instance_id.text()).raw(")");
    if (!shape_.is_known) svg_.raw("\nunknown type");
    if (node_.bypassed) svg_.raw("\nbypassed");
    if (outcome_) {
      svg_.raw("\n").raw(outcome_word(state()));
      if (!outcome_->message.empty()) svg_.raw(": ").text(shown_text(outcome_->message, 500));
    }
    svg_.raw("</title>");
  }

  void draw_body() {
    if (sheet_.inside[index_] != 0) svg_.box("q", {5, 5}, shape_.size, kRadius);  // a second sheet behind it
    std::string css = "b";
    if (!shape_.is_known || node_.bypassed) css += " x";
    if (outcome_) css.append(" s-").append(outcome_class(state()));
    svg_.box(css, {0, 0}, shape_.size, kRadius);
  }

  void draw_title() {
    const std::string_view fill =
        picture_.run ? outcome_class(state()) : category_class(shape_.is_known ? shape_.category : "");
    svg_.raw("<path class=\"").raw(fill).raw("\" d=\"M1 ").number(kTitleHeight).raw("V8a7 7 0 0 1 7-7H");
    svg_.number(width() - 8).raw("a7 7 0 0 1 7 7V").number(kTitleHeight).raw("z\"/>");
    double room = width() - 24;
    if (outcome_) {
      draw_mark({width() - 16, 16});
      room -= 20;
    }
    const std::string title = fitted(shape_.title, room, kTitleFont);
    svg_.label("t", {12, 21}, title);
    const std::string note = title_note();
    const double left = room - text_width(title, kTitleFont) - 10;
    if (!note.empty() && left > 40) svg_.label("u", {12 + room, 21}, fitted(note, left, 10));
  }

  /// What stands beside the title.
  std::string title_note() const {
    if (node_.bypassed) return "bypassed";
    if (!shape_.is_known) return "unknown type";
    if (node_.init_priority > 0) return "init " + std::to_string(node_.init_priority);
    std::string type = shown_line(node_.node_id, 60);
    const bool is_told = std::equal(type.begin(), type.end(), shape_.title.begin(), shape_.title.end(),
                                    [](char a, char b) { return fold(a) == fold(b); });
    return is_told ? "" : type;
  }

  /// "Set Variable" tells what "set_variable" does.
  static char fold(char c) {
    if (c == '_') return ' ';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }

  /// Outcomes can be told apart without colours.
  void draw_mark(Point at) {
    const char* path = nullptr;
    switch (state()) {
      case OutcomeState::kSucceeded:
        path = "m-5 0 3.5 4 6.5-8";
        break;
      case OutcomeState::kFailed:
      case OutcomeState::kHandled:
        path = "m-4-4 8 8m0-8-8 8";
        break;
      case OutcomeState::kTimedOut:
        path = "m0-5v5l3.5 2M5.5 0a5.5 5.5 0 1 1-11 0 5.5 5.5 0 1 1 11 0";
        break;
      case OutcomeState::kSkipped:
        path = "m-4-4 4 4-4 4m5-8 4 4-4 4";
        break;
      case OutcomeState::kCancelled:
        path = "m-4-4h8v8h-8z";
        break;
      case OutcomeState::kRunning:
        path = "m-3-5 7 5-7 5z";
        break;
      case OutcomeState::kNeverStarted:
        return;
    }
    svg_.raw("<path class=\"j\" transform=\"translate(").number(at.x).raw(" ").number(at.y).raw(")\" d=\"");
    svg_.raw("M0 0").raw(path).raw("\"/>");
  }

  void draw_port(const NodeShape::PortRow& row, bool is_input) {
    const double x = is_input ? 0 : width();
    std::string css = "d ";
    css += wire_class(row.port.type);
    if (row.is_missing) css += " i";
    if (row.port.is_exec()) {
      svg_.raw("<path class=\"").raw(css).raw("\" d=\"M").number(x - 5).raw(" ").number(row.y - 6);
      svg_.raw("l11 6-11 6z\"/>");
    } else {
      svg_.raw("<circle class=\"")
          .raw(css)
          .raw("\"")
          .attribute("cx", x)
          .attribute("cy", row.y)
          .raw(" r=\"5\"/>");
    }
    const std::string& name = row.port.name;
    if (row.port.is_exec() && (name == "exec_in" || name == "exec_out") && !row.is_missing) return;
    const double room = room_of(row.y, is_input);
    const std::string shown = fitted(shown_line(name, 200), room, kLabelFont);
    if (is_input) svg_.label("l", {x + 13, row.y + 4}, shown);
    if (!is_input) svg_.label("r", {x - 13, row.y + 4}, shown);
  }

  /// Half of the row, unless nobody stands on the other side.
  double room_of(double y, bool is_input) const {
    const auto& others = is_input ? shape_.outputs : shape_.inputs;
    const auto other =
        std::find_if(others.begin(), others.end(), [y](const NodeShape::PortRow& row) { return row.y == y; });
    const double all = width() - 32;
    if (other == others.end()) return all;
    const double needed = std::min(text_width(other->port.name, kLabelFont), all / 2);
    return all - needed;
  }

  void draw_fields() {
    for (const NodeShape::Field& field : shape_.fields) draw_field(field);
  }

  void draw_field(const NodeShape::Field& field) {
    const double inner = width() - 2 * kFieldIndent;
    constexpr double kName = 13;
    const bool is_wired = has_wire(field.port);
    svg_.label("k", {kFieldIndent, field.y + 9}, fitted(shown_line(field.port, 200), inner, 9));
    svg_.box(is_wired ? "f o" : "f", {kFieldIndent, field.y + kName}, {inner, field.height - kName}, 4);
    if (is_wired) return;
    const Value value = value_of(field.port);
    if (value.is_none()) return;
    if (field.height > 60 && value.is_text()) {
      draw_lines(value.as_text(), {kFieldIndent + 7, field.y + kName + 14}, inner - 12);
      return;
    }
    const double middle = field.y + kName + (field.height - kName) / 2;
    svg_.label("v", {kFieldIndent + 7, middle + 4}, fitted(value_line(value), inner - 12, kLabelFont));
  }

  void draw_lines(std::string_view text, Point at, double room) {
    const std::string shown = shown_text(text, 600);
    std::size_t start = 0;
    for (int line = 0; line < 5 && start <= shown.size(); ++line) {
      const std::size_t end = std::min(shown.find('\n', start), shown.size());
      std::string one = shown.substr(start, end - start);
      std::replace(one.begin(), one.end(), '\t', ' ');
      svg_.label("v", {at.x, at.y + 14 * line}, fitted(one, room, kLabelFont));
      start = end + 1;
    }
  }

  bool has_wire(const std::string& port) const {
    for (const auto& wires : {sheet_.graph.data_in(index_), sheet_.graph.exec_in(index_)}) {
      for (const WireIndex wire : wires) {
        if (sheet_.workflow.connections[wire].to_port == port) return true;
      }
    }
    return false;
  }

  Value value_of(const std::string& port) const {
    if (const Value* saved = node_.parameters.find(port)) return *saved;
    for (const NodeShape::PortRow& row : shape_.inputs) {
      if (row.port.name == port) return row.port.default_value;
    }
    return {};
  }

  /// A bar as long as the node's share of the slowest one's time, and the time itself.
  void draw_time() {
    if (outcome_->executions == 0) return;
    std::string text = seconds_text(outcome_->seconds);
    if (outcome_->executions > 1) text += " \xC3\x97" + std::to_string(outcome_->executions);
    const double y = shape_.size.height - 12;
    const double most = std::max(20.0, width() - 28 - text_width(text, 10));
    const double share = picture_.longest > 0 ? outcome_->seconds / picture_.longest : 0;
    svg_.box("a", {10, y}, {most, 4}, 2);
    if (share > 0) svg_.box("A", {10, y}, {std::max(4.0, most * std::min(1.0, share)), 4}, 2);
    svg_.label("c", {width() - 10, y + 6}, text);
  }

  SvgText& svg_;
  const Picture& picture_;
  const Sheet& sheet_;
  NodeIndex index_;
  const NodeInstance& node_;
  const NodeShape& shape_;
  const NodeOutcome* outcome_;
};

}  // namespace

void draw_node(SvgText& svg, const Picture& picture, const Sheet& sheet, NodeIndex index) {
  NodeDrawing(svg, picture, sheet, index).draw();
}

}  // namespace vnode
