#include "picture/svg.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "picture/svg_node.h"
#include "picture/svg_style.h"
#include "picture/svg_text.h"
#include "picture/svg_wire.h"

namespace vnode {
namespace {

constexpr double kMargin = 40;

/// What encloses all that is drawn of a sheet.
struct Bounds {
  double left = std::numeric_limits<double>::max();
  double top = left;
  double right = -left;
  double bottom = -left;

  void include(Point at, Size size) {
    left = std::min(left, at.x);
    top = std::min(top, at.y);
    right = std::max(right, at.x + size.width);
    bottom = std::max(bottom, at.y + size.height);
  }
  bool is_empty() const { return left > right; }
};

Bounds bounds_of(const Sheet& sheet) {
  Bounds bounds;
  for (std::size_t i = 0; i < sheet.shapes.size(); ++i)
    bounds.include(sheet.layout.nodes[i], sheet.shapes[i].size);
  for (const auto* list : {&sheet.backdrops, &sheet.notes}) {
    for (const Decoration& decoration : *list) bounds.include(decoration.at, decoration.size);
  }
  for (const Route& route : sheet.layout.routes) {
    for (const Stretch& stretch : route) {
      const double bend = stretch.leads_left ? kMostBend : 0;
      bounds.include({std::min(stretch.x1, stretch.x2) - bend, stretch.y},
                     {std::abs(stretch.x2 - stretch.x1) + 2 * bend, 0});
    }
  }
  if (bounds.is_empty()) bounds.include({0, 0}, {220, 20});
  return bounds;
}

/// Whether text on that ground must be light.
bool is_dark(std::string_view colour) {
  const auto part = [colour](std::size_t at) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    return 16 * digit(colour[at]) + digit(colour[at + 1]);
  };
  return 299 * part(1) + 587 * part(3) + 114 * part(5) < 128'000;
}

/// The lines of a note: its words, broken where they do not fit. Headings of Markdown keep their words only.
struct NoteLine {
  std::string text;
  bool is_heading = false;
};

std::vector<NoteLine> note_lines(std::string_view text, double width) {
  std::vector<NoteLine> lines;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string_view rest = text.substr(start, end - start);
    start = end + 1;
    const std::size_t marks = rest.find_first_not_of('#');
    const bool is_heading = marks != rest.npos && marks > 0 && marks <= 6 && rest[marks] == ' ';
    if (is_heading) rest.remove_prefix(marks + 1);
    const double font = is_heading ? 13 : 12;
    std::string line;
    while (!rest.empty()) {
      const std::size_t blank = std::min(rest.find(' '), rest.size());
      const std::string_view word = rest.substr(0, blank);
      rest.remove_prefix(std::min(blank + 1, rest.size()));
      if (!line.empty() && text_width(line, font) + text_width(word, font) + 4 > width) {
        lines.push_back({std::move(line), is_heading});
        line.clear();
      }
      if (!line.empty()) line += ' ';
      line += word;
    }
    lines.push_back({std::move(line), is_heading});
  }
  return lines;
}

class SvgDrawing {
 public:
  explicit SvgDrawing(const Picture& picture) : picture_(picture) {}

  std::string draw() {
    double width = 0, y = 0;
    std::vector<Bounds> bounds;
    std::vector<double> tops;
    const bool has_titles = picture_.run || picture_.sheets.size() > 1;
    const double heading = picture_.run ? 64 : has_titles ? 40 : 0;
    for (const auto& sheet : picture_.sheets) {
      bounds.push_back(bounds_of(*sheet));
      tops.push_back(y);
      width = std::max(width, bounds.back().right - bounds.back().left);
      y += bounds.back().bottom - bounds.back().top + (tops.size() == 1 ? heading : 40) + 2 * kMargin;
    }
    if (picture_.run) width = std::max(width, 700.0);
    begin({width + 2 * kMargin, y});
    for (std::size_t i = 0; i < picture_.sheets.size(); ++i) {
      if (has_titles) draw_heading(i, tops[i]);
      const double top = tops[i] + kMargin + (i == 0 ? heading : 40);
      draw_sheet(*picture_.sheets[i], {kMargin - bounds[i].left, top - bounds[i].top});
    }
    svg_.raw("</svg>\n");
    return svg_.take();
  }

 private:
  void begin(Size size) {
    // Viewers refuse pictures beyond some size; the shape is that of the viewBox in any case.
    constexpr double kMost = 16'000;
    const double scale = std::min(1.0, kMost / std::max(size.width, size.height));
    svg_.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
        .number(std::ceil(size.width))
        .raw(" ");
    svg_.number(std::ceil(size.height)).raw("\"").attribute("width", std::ceil(size.width * scale));
    svg_.attribute("height", std::ceil(size.height * scale)).raw(" role=\"img\">\n<title>");
    svg_.text(picture_.sheets.front()->title).raw("</title>\n<style>").raw(svg_style()).raw("</style>\n");
    svg_.box("g", {0, 0}, {std::ceil(size.width), std::ceil(size.height)}, 0).raw("\n");
  }

  void draw_heading(std::size_t index, double top) {
    const Sheet& sheet = *picture_.sheets[index];
    svg_.label("S", {kMargin, top + kMargin + 4}, fitted(sheet.title, 600, 18)).raw("\n");
    if (index == 0 && picture_.run) draw_legend(top + kMargin + 34);
  }

  void draw_legend(double y) {
    std::array<std::size_t, 8> counts{};
    for (const auto& sheet : picture_.sheets) {
      for (const NodeOutcome* outcome : sheet->outcomes) {
        ++counts[static_cast<std::size_t>(outcome ? outcome->state : OutcomeState::kNeverStarted)];
      }
    }
    std::string summary = picture_.run->status.empty() ? "not ended" : picture_.run->status;
    if (picture_.run->seconds > 0) summary += ", " + seconds_text(picture_.run->seconds);
    svg_.label("p", {kMargin, y}, summary);
    double x = kMargin + text_width(summary, 12) + 24;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] == 0) continue;
      const auto state = static_cast<OutcomeState>(i);
      svg_.raw("<rect class=\"b s-")
          .raw(outcome_class(state))
          .raw("\"")
          .attribute("x", x)
          .attribute("y", y - 11);
      svg_.raw(" width=\"14\" height=\"14\" rx=\"3\"/>");
      svg_.raw("<rect class=\"").raw(outcome_class(state)).raw("\"").attribute("x", x + 1);
      svg_.attribute("y", y - 10).raw(" width=\"12\" height=\"12\" rx=\"2\"/>");
      const std::string words = std::string(outcome_word(state)) + " " + std::to_string(counts[i]);
      svg_.label("p", {x + 20, y}, words);
      x += 20 + text_width(words, 12) + 22;
    }
    svg_.box("a", {x, y - 7}, {60, 4}, 2).box("A", {x, y - 7}, {36, 4}, 2);
    svg_.label("p", {x + 68, y}, "time, of the slowest").raw("\n");
  }

  void draw_sheet(const Sheet& sheet, Point offset) {
    svg_.raw("<g transform=\"translate(").number(offset.x).raw(" ").number(offset.y).raw(")\">\n");
    for (const Decoration& backdrop : sheet.backdrops) draw_backdrop(backdrop);
    // Exec wires over data wires: they tell the order.
    for (const bool is_exec : {false, true}) {
      for (WireIndex wire = 0; wire < sheet.workflow.connections.size(); ++wire) {
        if (sheet.workflow.connections[wire].is_exec == is_exec && is_drawn(sheet, wire)) {
          draw_wire(svg_, sheet, wire);
        }
      }
    }
    for (NodeIndex node = 0; node < sheet.shapes.size(); ++node) draw_node(svg_, picture_, sheet, node);
    for (const Decoration& note : sheet.notes) draw_note(note);
    svg_.raw("</g>\n");
  }

  void draw_backdrop(const Decoration& backdrop) {
    svg_.raw("<rect class=\"z\" fill=\"")
        .text(backdrop.colour)
        .raw("\" stroke=\"")
        .text(backdrop.colour)
        .raw("\"");
    svg_.attribute("x", backdrop.at.x).attribute("y", backdrop.at.y).attribute("width", backdrop.size.width);
    svg_.attribute("height", backdrop.size.height).raw(" rx=\"10\"/>");
    std::string line = backdrop.text.substr(0, backdrop.text.find('\n'));
    svg_.label("y", {backdrop.at.x + 12, backdrop.at.y + 23}, fitted(line, backdrop.size.width - 24, 14))
        .raw("\n");
  }

  void draw_note(const Decoration& note) {
    svg_.raw("<rect class=\"n\" fill=\"").text(note.colour).raw("\"").attribute("x", note.at.x);
    svg_.attribute("y", note.at.y).attribute("width", note.size.width).attribute("height", note.size.height);
    svg_.raw(" rx=\"3\"/>");
    const bool is_light = is_dark(note.colour);
    double y = note.at.y + 20;
    for (const NoteLine& line : note_lines(note.text, note.size.width - 20)) {
      if (y > note.at.y + note.size.height - 4) break;
      std::string css = line.is_heading ? "M" : "m";
      if (is_light) css += " D";
      svg_.label(css, {note.at.x + 10, y},
                 fitted(line.text, note.size.width - 16, line.is_heading ? 13 : 12));
      y += 17;
    }
    svg_.raw("\n");
  }

  const Picture& picture_;
  SvgText svg_;
};

}  // namespace

Drawing draw_svg(const Picture& picture) {
  Drawing drawing;
  drawing.text = SvgDrawing(picture).draw();
  if (picture.left_out > 0) {
    drawing.warnings.push_back(std::to_string(picture.left_out) +
                               " groups are not drawn: there are too many");
  }
  return drawing;
}

}  // namespace vnode
