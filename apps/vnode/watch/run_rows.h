#pragma once

#include <span>
#include <string>
#include <vector>

#include "apps/vnode/show/run_info.h"
#include "apps/vnode/watch/row_style.h"

namespace vnode {

/// A header and a line a run, for `vnode ps --watch`; the selected one (counted from 0) is marked. Never
/// wider than that, however narrow.
std::vector<std::string> run_rows(std::span<const RunInfo* const> runs, std::size_t selected, WallTime now,
                                  RowStyle style);

}  // namespace vnode
