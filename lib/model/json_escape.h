#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vnode {

/// Appends what the escape at the start of `text` (a backslash) stands for. Two escapes that make up one
/// surrogate pair are taken together; a lone surrogate becomes U+FFFD. Returns how many characters of `text`
/// that took; 0 when there is no valid escape.
std::size_t resolve_json_escape(std::string_view text, std::string& out);

/// Writes each "##" of JSON texts as "#\u0023", which means the same: CI servers take `##[name]` and
/// `##vso[name]` for commands, wherever they stand in a line. From `from` on.
void escape_double_number_signs(std::string& json, std::size_t from = 0);

}  // namespace vnode
