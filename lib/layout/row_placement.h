#pragma once

#include <vector>

#include "layout/lanes.h"

namespace vnode {

/// The top of each slot, such that what straight links join (see `choose_straight_links`) stays in one row,
/// whatever room that takes. Best where nodes follow each other in rows.
std::vector<double> place_in_rows(const LaneGraph& graph);

}  // namespace vnode
