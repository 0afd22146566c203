#pragma once

#include <cstdint>

#include "layout/lanes.h"

namespace vnode {

/// Orders the slots of each layer so that few links cross: sweeps over the layers in both directions, each
/// slot to the middle of its neighbours, then exchanges of neighbours while that helps; the best order found.
void reduce_crossings(LaneGraph& graph);

/// How many pairs of links cross, ports counted.
std::uint64_t count_crossings(const LaneGraph& graph);

}  // namespace vnode
