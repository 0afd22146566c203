#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "layout/layered_layout.h"

namespace vnode {

/// Which wires lead back, so that without them the graph has no cycle. Only wires of cycles do; found depth
/// first, from the nodes into which no wire leads, exec wires before data.
std::vector<bool> find_back_wires(const LayoutGraph& graph);

/// The column of each node, from 0 without gaps: every wire that does not lead back leads to a higher one. No
/// column has more than a number of nodes that grows with the root of their count; a node stands as near as
/// it can to where more of its wires lead.
std::vector<std::uint32_t> assign_layers(const LayoutGraph& graph, const std::vector<bool>& is_back);

}  // namespace vnode
