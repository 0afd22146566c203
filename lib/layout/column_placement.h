#pragma once

#include <vector>

#include "layout/lanes.h"

namespace vnode {

/// The top of each slot, such that each column by itself stands as near as it can to its neighbours, back and
/// forth. Takes little height; best where wires lead here and there.
std::vector<double> place_by_columns(const LaneGraph& graph);

}  // namespace vnode
