#pragma once

#include <string_view>

namespace vnode {

/// Whether all of `text` matches a shell pattern: `*`, `?`, `[a-z]`, `[!a-z]`; case counts, `*` matches
/// slashes and leading dots too. A `[` that is never closed stands for itself. Works on characters, not
/// bytes; both texts are UTF-8. Takes at most (length of text) x (length of pattern) steps.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace vnode
