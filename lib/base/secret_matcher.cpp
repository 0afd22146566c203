#include "base/secret_matcher.h"

#include <algorithm>

namespace vnode {

/// Breadth first over the sorted patterns: the patterns that share a node's text lie side by side, so that
/// each node's edges do, too.
SecretMatcher::SecretMatcher(const std::vector<std::string>& patterns) {
  std::vector<std::string_view> sorted(patterns.begin(), patterns.end());
  std::sort(sorted.begin(), sorted.end());
  struct Range {
    std::size_t begin, end;
  };
  std::vector<Range> ranges = {{0, sorted.size()}};
  nodes_.emplace_back();
  for (State state = 0; state < nodes_.size(); ++state) {
    const std::size_t depth = nodes_[state].depth;
    auto [at, end] = ranges[state];
    while (at < end && sorted[at].size() == depth) {
      nodes_[state].ended = static_cast<std::uint32_t>(depth);
      ++at;
    }
    nodes_[state].first_edge = static_cast<std::uint32_t>(edges_.size());
    while (at < end) {
      const std::size_t begin = at;
      const char byte = sorted[begin][depth];
      while (at < end && sorted[at][depth] == byte) ++at;
      const auto to = static_cast<State>(nodes_.size());
      edges_.push_back({static_cast<unsigned char>(byte), to});
      nodes_.push_back({.depth = static_cast<std::uint32_t>(depth + 1)});
      ranges.push_back({begin, at});
    }
    nodes_[state].edges = static_cast<std::uint32_t>(edges_.size()) - nodes_[state].first_edge;
  }
  for (std::uint32_t i = 0; i < nodes_[0].edges; ++i) from_root_[edges_[i].byte] = edges_[i].to;
  link();
}

void SecretMatcher::link() {
  // Nodes come in the order of their depth: what a link leads to is finished.
  for (State state = 0; state < nodes_.size(); ++state) {
    nodes_[state].begun = nodes_[state].edges > 0 ? nodes_[state].depth : nodes_[nodes_[state].shorter].begun;
    const Node node = nodes_[state];
    for (std::uint32_t i = node.first_edge; i < node.first_edge + node.edges; ++i) {
      Node& next = nodes_[edges_[i].to];
      next.shorter = state == 0 ? 0 : step(node.shorter, edges_[i].byte);
      next.ended = std::max(next.ended, nodes_[next.shorter].ended);
    }
  }
}

/// 0: there is none.
SecretMatcher::State SecretMatcher::child(State state, unsigned char byte) const {
  if (state == 0) return from_root_[byte];
  const Node& node = nodes_[state];
  const Edge* const first = edges_.data() + node.first_edge;
  const Edge* const end = first + node.edges;
  if (node.edges <= 4) {
    for (const Edge* edge = first; edge != end; ++edge) {
      if (edge->byte == byte) return edge->to;
    }
    return 0;
  }
  const Edge* const edge = std::lower_bound(
      first, end, byte, [](const Edge& one, unsigned char wanted) { return one.byte < wanted; });
  return edge != end && edge->byte == byte ? edge->to : 0;
}

SecretMatcher::State SecretMatcher::step(State state, unsigned char byte) const {
  for (;;) {
    if (const State to = child(state, byte)) return to;
    if (state == 0) return 0;
    state = nodes_[state].shorter;
  }
}

}  // namespace vnode
