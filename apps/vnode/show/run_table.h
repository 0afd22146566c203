#pragma once

#include <string>
#include <vector>

#include "apps/vnode/show/run_info.h"

namespace vnode {

/// The table of `vnode ps`: a header, then a line a run, in the given order. `width` 0: as wide as it gets.
std::vector<std::string> run_table(const std::vector<RunInfo>& runs, WallTime now, std::size_t width,
                                   bool has_colour);

/// Paths tell themselves apart by their ends: the last part of it.
std::string short_workflow(const std::string& workflow);

/// `details_of`, with the number of an attempt that is not the first.
std::string details_with_attempt(const RunInfo& run);

}  // namespace vnode
