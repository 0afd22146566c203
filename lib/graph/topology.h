#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace vnode {

/// Decides which wires count.
using WireFilter = std::function<bool(WireIndex)>;

/// One cycle for every strongly connected part of the graph that has one: a shortest one through that part's
/// first node in the file, its nodes in wire order, each once, that node first. A node wired to itself is a
/// cycle. The cycles are in file order of their first nodes. Iterative: depth costs heap, not stack; linear
/// time.
std::vector<std::vector<NodeIndex>> find_cycles(const Graph& graph, const WireFilter& counts);

/// The port whose incoming wires do not order nodes (rule 8).
inline constexpr std::string_view kFeedbackPort = "break_condition";

struct Layers {
  std::vector<std::vector<NodeIndex>> layers;  ///< each in file order
  std::vector<NodeIndex> cycle;                ///< when there is one: its nodes; `layers` is then empty
};

/// Topological layers over the data wires, those into `break_condition` left out (rule 8).
Layers find_layers(const Workflow& workflow, const Graph& graph);

/// The wires that order nodes in data-flow mode. The filter refers to both arguments.
WireFilter ordering_wires(const Workflow& workflow, const Graph& graph);

/// "a -> b -> a" for a cycle of `size` nodes; of a long one only the ends, with how many are left out.
std::string cycle_text(std::size_t size, const std::function<std::string(std::size_t)>& label);

}  // namespace vnode
