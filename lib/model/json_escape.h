#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vnode {

/// Appends what the escape at the start of `text` (a backslash) stands for. Two escapes that make up one
/// surrogate pair are taken together; a lone surrogate becomes U+FFFD. Returns how many characters of `text`
/// that took; 0 when there is no valid escape.
std::size_t resolve_json_escape(std::string_view text, std::string& out);

}  // namespace vnode
