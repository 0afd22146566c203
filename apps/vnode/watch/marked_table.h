#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/vnode/terminal/fitted_table.h"
#include "apps/vnode/watch/row_style.h"

namespace vnode {

/// A table of which one row (counted from 0) is marked: with `>`, and in colour with the colours reversed. A
/// header, then a line a row, none wider than asked for.
std::vector<std::string> marked_table(const std::vector<TableColumn>& columns,
                                      std::vector<std::vector<TableCell>> rows, std::size_t selected,
                                      RowStyle style);

}  // namespace vnode
