#pragma once

#include <string>
#include <vector>

#include "apps/vnode/show/run_info.h"

namespace vnode {

/// The table of `vnode ps`: a header, then a line a run, in the given order. `width` 0: as wide as it gets.
std::vector<std::string> run_table(const std::vector<RunInfo>& runs, WallTime now, std::size_t width,
                                   bool has_colour);

}  // namespace vnode
