#include "apps/vnode/show/problem_report.h"

#include <set>

#include "apps/vnode/terminal/terminal_text.h"

namespace vnode {
namespace {

std::string_view colour_of(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "\x1b[1;36m";
    case Severity::kWarning:
      return "\x1b[1;33m";
    case Severity::kError:
      return "\x1b[1;31m";
  }
  return {};
}

std::string place_text(const Problem& problem, std::string_view file) {
  const SourcePlace& source = problem.source;
  std::string place(file);
  if (source.line != 0) {  // a pointer says little about what a person has written
    if (!source.file.empty()) place = source.file;
    place +=
        (place.empty() ? "line " : ":") + std::to_string(source.line) + ":" + std::to_string(source.column);
  } else if (!problem.pointer.empty()) {
    place += "#" + problem.pointer;
  }
  if (!problem.node.empty()) place += (place.empty() ? "node " : ", node ") + problem.node;
  return place;
}

}  // namespace

std::string problem_text(const Problems& problems, std::string_view file, bool has_colour) {
  std::string out;
  std::set<std::string_view> tracebacks;
  for (const Problem& problem : problems) {
    const std::string title = std::string(severity_name(problem.severity)) + "[" + problem.code + "]";
    if (has_colour) {
      out.append(colour_of(problem.severity)).append(title).append("\x1b[0m");
    } else {
      out += title;
    }
    out += ": " + harmless_lines(problem.message) + "\n";
    const std::string place = place_text(problem, file);
    if (!place.empty()) out += "  --> " + harmless_line(place) + "\n";
    if (!problem.source.text.empty()) out += "   | " + harmless_line(problem.source.text) + "\n";
    if (!problem.hint.empty()) out += "  hint: " + harmless_lines(problem.hint) + "\n";
    if (tracebacks.insert(problem.traceback).second) out += indented_lines(problem.traceback);
  }
  return out;
}

Value problem_value(const Problem& problem) {
  Dict dict = {{"severity", Value(severity_name(problem.severity))},
               {"code", Value(problem.code)},
               {"pointer", Value(problem.pointer)},
               {"message", Value(problem.message)}};
  if (!problem.hint.empty()) dict.set("hint", problem.hint);
  if (!problem.node.empty()) dict.set("node", problem.node);
  if (problem.source.line != 0) {
    dict.set("file", problem.source.file);
    dict.set("line", problem.source.line);
    dict.set("column", problem.source.column);
    dict.set("text", problem.source.text);
  }
  if (!problem.traceback.empty()) dict.set("traceback", problem.traceback);
  return Value(std::move(dict));
}

}  // namespace vnode
