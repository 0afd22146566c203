#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vnode {

using TextRows = std::vector<std::vector<std::string>>;

/// Rows as aligned columns, two blanks in between, each line after `indent`. The cells must be harmless for
/// terminals.
std::string table_text(const TextRows& rows, std::string_view indent);

}  // namespace vnode
