#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vnode {

/// All texts in which a secret is looked for: as it is, each of its lines, and both as URLs, JSON, Python and
/// shells escape them and as base64 has them, wherever in the encoded bytes they begin. None twice, and none
/// of what is shorter than `least`, without the spaces around it.
std::vector<std::string> secret_forms(std::string_view secret, std::size_t least);

std::string_view without_outer_spaces(std::string_view text);

}  // namespace vnode
