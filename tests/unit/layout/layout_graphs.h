#pragma once

#include <initializer_list>
#include <random>
#include <utility>

#include "layout/layered_layout.h"

namespace vnode::test {

/// Boxes of one size, and wires between the middles of their edges.
inline LayoutGraph boxes(std::size_t count,
                         std::initializer_list<std::pair<std::uint32_t, std::uint32_t>> wires) {
  LayoutGraph graph;
  graph.nodes.assign(count, Size{220, 140});
  for (const auto& [from, to] : wires) graph.wires.push_back({from, to, 70, 70, false});
  return graph;
}

/// Any graph: nodes of many sizes; with `has_cycles` also wires back and from a node to itself.
inline LayoutGraph random_graph(std::uint32_t seed, std::size_t nodes, std::size_t wires, bool has_cycles) {
  std::mt19937 random(seed);
  const auto below = [&random](std::size_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  LayoutGraph graph;
  for (std::size_t i = 0; i < nodes; ++i) {
    graph.nodes.push_back({220.0 + 10 * below(20), 140.0 + 25 * below(12)});
  }
  while (graph.wires.size() < wires && nodes > 1) {
    std::uint32_t from = below(nodes), to = below(nodes);
    if (!has_cycles && from == to) continue;
    if (!has_cycles && from > to) std::swap(from, to);
    graph.wires.push_back({from, to, 45.0 + 25 * below(4), 45.0 + 25 * below(4), below(3) == 0});
  }
  return graph;
}

}  // namespace vnode::test
