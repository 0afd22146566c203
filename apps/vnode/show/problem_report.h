#pragma once

#include <string>
#include <string_view>

#include "model/problem.h"
#include "model/value.h"

namespace vnode {

/// Problems of one document for people, one after the other:
///
///     error[unknown_node]: no node type 'prnt'
///       --> flow.json#/nodes/3/node_id, node prnt (1b4e28ba-...)
///       hint: did you mean 'print'?
///
/// Of a document that people write by hand the second line is `--> flow.yaml:12:9`, and the third the line
/// itself. A traceback follows, indented; one that several problems share is shown with the first of them
/// only. `file` may be empty. Texts from files are made harmless for terminals.
std::string problem_text(const Problems& problems, std::string_view file, bool has_colour);

/// The same for programs: {severity, code, pointer, message, hint, node, file, line, column, text,
/// traceback}; empty ones left out.
Value problem_value(const Problem& problem);

}  // namespace vnode
