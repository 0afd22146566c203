#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vnode {

/// An error keeps a workflow from running; a warning does not (workflow_format, section 5). A note is what
/// every file that an editor saves has, and is nobody's mistake.
enum class Severity { kNote, kWarning, kError };

/// "note", "warning", "error".
std::string_view severity_name(Severity severity);
/// The severity of that name; an unknown one is an error, which nobody overlooks.
Severity parse_severity(std::string_view name);

/// Where people see it, in a document that they write by hand: line and column from 1, and the line itself.
struct SourcePlace {
  std::string file = {};  ///< as messages name it
  std::size_t line = 0;   ///< 0: nobody knows
  std::size_t column = 0;
  std::string text = {};  ///< of the line
};

/// One thing that is wrong with a document, and where.
struct Problem {
  Severity severity = Severity::kError;
  std::string code;     ///< stable word, for example "unknown_node"; listed where they arise
  std::string pointer;  ///< JSON pointer into the document
  std::string message;
  std::string hint = {};       ///< what to do about it; may be empty
  std::string node = {};       ///< as `node_label` has it, where it concerns one node
  std::string traceback = {};  ///< of the Python code that failed, several lines; may be empty
  SourcePlace source = {};     ///< of a document that was not JSON
};

using Problems = std::vector<Problem>;

bool has_errors(const Problems& problems);
/// How many there are of that severity.
std::size_t count_problems(const Problems& problems, Severity severity);

/// `base` + "/" + `token`, the token escaped as RFC 6901 says.
std::string join_pointer(std::string_view base, std::string_view token);
std::string join_pointer(std::string_view base, std::size_t index);

}  // namespace vnode
