#pragma once

#include <cstdint>
#include <vector>

#include "layout/lanes.h"

namespace vnode {

/// Which links are to be straight, such that no two of them cross and no slot has more than one on either
/// side: lanes first, then exec wires, then data; of equals those in the middle of their slot's.
std::vector<bool> choose_straight_links(const LaneGraph& graph);

/// What a link is worth: how much it pulls at its slots, and whether it is straight before others.
double link_weight(const LaneGraph& graph, const LaneGraph::Link& link);

}  // namespace vnode
