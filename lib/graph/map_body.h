#pragma once

#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace vnode {

// The parallel map and those of its ports that say where its body is (engine rule 44).
inline constexpr std::string_view kParallelForEach = "Parallel For Each";
inline constexpr std::string_view kEachItem = "each_item";
inline constexpr std::string_view kCurrentItem = "current_item";
inline constexpr std::string_view kCurrentIndex = "current_index";
inline constexpr std::string_view kMapResult = "result";

/// A node that executes a body: a bypassed map has none.
bool is_map(const NodeInstance& node);

/// The wire brings the result of a body to its map. It orders nothing and closes no cycle: the map takes it
/// at the end of each body.
bool is_map_result(const Workflow& workflow, const Graph& graph, WireIndex wire);

/// The nodes that a map executes for each item, in file order: those that exec wires reach from `each_item`,
/// and data-only nodes that depend on one of them, on the item or on its index. Bodies of maps in it are part
/// of it. Linear in the size of what it finds.
std::vector<NodeIndex> find_map_body(const Workflow& workflow, const Graph& graph, NodeIndex map);

}  // namespace vnode
