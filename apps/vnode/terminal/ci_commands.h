#pragma once

#include <string>
#include <string_view>

namespace vnode {

/// CI servers take lines of a job's output for commands: `::name::` in front of a line (GitHub), `##[name]`
/// and
/// `##vso[name]` anywhere in one (GitHub, Azure). What nodes and files say must set none.

/// The same text with a backslash inside of what would be one: `\::error::`, `#\#[error]`. Also behind
/// blanks, control characters and escape sequences, which the servers pass over.
std::string without_ci_commands(std::string_view text);

/// The same for lines of JSON, which mean what they meant: `#\u0023`.
void escape_ci_commands(std::string& json_lines, std::size_t from = 0);

}  // namespace vnode
