#pragma once

#include <span>
#include <vector>

#include "graph/graph.h"

namespace vnode {

/// For each node whether wires of any kind lead to it from one of those, over others too; not those
/// themselves, unless wires lead back to them.
std::vector<bool> nodes_behind(const Graph& graph, std::span<const NodeIndex> nodes);

}  // namespace vnode
