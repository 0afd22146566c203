#pragma once

#include <vector>

#include "layout/lanes.h"

namespace vnode {

/// The top of each slot, such that those of a layer stand one below the other in their order, with the
/// distances of layered_layout.h, and as many links as possible are straight: lanes first, then exec wires,
/// then data.
std::vector<double> place_in_columns(const LaneGraph& graph);

}  // namespace vnode
