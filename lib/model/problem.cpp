#include "model/problem.h"

#include <algorithm>

namespace vnode {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "error";
}

Severity parse_severity(std::string_view name) {
  for (const Severity severity : {Severity::kNote, Severity::kWarning}) {
    if (severity_name(severity) == name) return severity;
  }
  return Severity::kError;
}

std::size_t count_problems(const Problems& problems, Severity severity) {
  return static_cast<std::size_t>(
      std::count_if(problems.begin(), problems.end(),
                    [severity](const Problem& problem) { return problem.severity == severity; }));
}

bool has_errors(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return problem.severity == Severity::kError; });
}

std::string join_pointer(std::string_view base, std::string_view token) {
  std::string pointer(base);
  pointer += '/';
  for (char c : token) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

std::string join_pointer(std::string_view base, std::size_t index) {
  return join_pointer(base, std::to_string(index));
}

}  // namespace vnode
