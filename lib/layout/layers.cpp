#include "layout/layers.h"

#include <algorithm>
#include <cmath>

namespace vnode {
namespace {

/// For each node the wires at one of its ends, exec wires first, else as in the graph.
class WireLists {
 public:
  WireLists(const LayoutGraph& graph, bool is_out) : starts_(graph.nodes.size() + 1, 0) {
    const auto end_of = [is_out](const LayoutGraph::Wire& wire) { return is_out ? wire.from : wire.to; };
    for (const auto& wire : graph.wires) ++starts_[end_of(wire) + 1];
    for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
    wires_.resize(graph.wires.size());
    std::vector<std::uint32_t> next(starts_.begin(), starts_.end() - 1);
    for (const bool is_exec : {true, false}) {
      for (std::uint32_t i = 0; i < graph.wires.size(); ++i) {
        if (graph.wires[i].is_exec == is_exec) wires_[next[end_of(graph.wires[i])]++] = i;
      }
    }
  }

  std::span<const std::uint32_t> of(std::uint32_t node) const {
    return {wires_.data() + starts_[node], wires_.data() + starts_[node + 1]};
  }

 private:
  std::vector<std::uint32_t> starts_;
  std::vector<std::uint32_t> wires_;
};

/// Depth first without recursion; a wire to a node that is still open leads back.
class BackWireSearch {
 public:
  explicit BackWireSearch(const LayoutGraph& graph)
      : graph_(graph),
        out_(graph, true),
        states_(graph.nodes.size(), State::kNew),
        is_back_(graph.wires.size()) {}

  void visit(std::uint32_t root) {
    if (states_[root] != State::kNew) return;
    open(root);
    while (!path_.empty()) {
      auto& [node, next] = path_.back();
      if (next == out_.of(node).size()) {
        states_[node] = State::kDone;
        path_.pop_back();
        continue;
      }
      const std::uint32_t wire = out_.of(node)[next++];
      const std::uint32_t target = graph_.wires[wire].to;
      if (states_[target] == State::kOpen) is_back_[wire] = true;
      if (states_[target] == State::kNew) open(target);
    }
  }

  std::vector<bool> take() { return std::move(is_back_); }

 private:
  enum class State : std::uint8_t { kNew, kOpen, kDone };
  struct Step {
    std::uint32_t node;
    std::size_t next;
  };

  void open(std::uint32_t node) {
    states_[node] = State::kOpen;
    path_.push_back({node, 0});
  }

  const LayoutGraph& graph_;
  WireLists out_;
  std::vector<State> states_;
  std::vector<Step> path_;
  std::vector<bool> is_back_;
};

class LayerAssignment {
 public:
  LayerAssignment(const LayoutGraph& graph, const std::vector<bool>& is_back)
      : graph_(graph),
        is_back_(is_back),
        in_(graph, false),
        out_(graph, true),
        layers_(graph.nodes.size(), 0) {
    // Rows of nodes that follow each other stay straight; only a fan of hundreds is broken up.
    const double root = std::sqrt(static_cast<double>(graph.nodes.size()));
    most_ = std::max(kMostInSmallGraphs, static_cast<std::uint32_t>(std::ceil(4 * root)));
  }

  std::vector<std::uint32_t> assign() {
    sort();
    for (const std::uint32_t node : order_) place(node, earliest(node));
    constexpr int kPasses = 6;
    for (int pass = 0; pass < kPasses && draw_right(); ++pass) continue;
    close_gaps();
    return std::move(layers_);
  }

 private:
  static constexpr std::uint32_t kMostInSmallGraphs = 12;

  /// Each node behind those that lead to it; first come, first served.
  void sort() {
    std::vector<std::uint32_t> missing(graph_.nodes.size(), 0);
    for (std::uint32_t i = 0; i < graph_.wires.size(); ++i)
      missing[graph_.wires[i].to] += is_back_[i] ? 0 : 1;
    for (std::uint32_t node = 0; node < missing.size(); ++node) {
      if (missing[node] == 0) order_.push_back(node);
    }
    for (std::size_t i = 0; i < order_.size(); ++i) {
      for (const std::uint32_t wire : out_.of(order_[i])) {
        if (!is_back_[wire] && --missing[graph_.wires[wire].to] == 0) order_.push_back(graph_.wires[wire].to);
      }
    }
  }

  std::uint32_t earliest(std::uint32_t node) const {
    std::uint32_t layer = 0;
    for (const std::uint32_t wire : in_.of(node)) {
      if (!is_back_[wire]) layer = std::max(layer, layers_[graph_.wires[wire].from] + 1);
    }
    return layer;
  }

  std::uint32_t& count(std::uint32_t layer) {
    if (layer >= counts_.size()) counts_.resize(layer + 1, 0);
    return counts_[layer];
  }

  /// In that layer, or the next one with room.
  void place(std::uint32_t node, std::uint32_t layer) {
    while (count(layer) >= most_) ++layer;
    layers_[node] = layer;
    ++count(layer);
  }

  /// Moves nodes right that have more wires there, so that what only feeds others stands beside them.
  bool draw_right() {
    bool has_moved = false;
    for (std::size_t i = order_.size(); i-- > 0;) has_moved |= draw_right(order_[i]);
    return has_moved;
  }

  bool draw_right(std::uint32_t node) {
    constexpr std::uint32_t kNone = 0xFFFFFFFF;
    std::uint32_t limit = kNone;
    std::size_t right = 0, left = 0;
    for (const std::uint32_t wire : out_.of(node)) {
      if (is_back_[wire]) continue;
      limit = std::min(limit, layers_[graph_.wires[wire].to]);
      ++right;
    }
    for (const std::uint32_t wire : in_.of(node)) left += is_back_[wire] ? 0 : 1;
    if (limit == kNone || right <= left) return false;
    for (std::uint32_t layer = limit - 1; layer > layers_[node]; --layer) {
      if (count(layer) >= most_) continue;
      --count(layers_[node]);
      layers_[node] = layer;
      ++count(layer);
      return true;
    }
    return false;
  }

  void close_gaps() {
    std::vector<std::uint32_t> number(counts_.size(), 0);
    std::uint32_t next = 0;
    for (std::size_t layer = 0; layer < counts_.size(); ++layer) {
      number[layer] = next;
      if (counts_[layer] > 0) ++next;
    }
    for (std::uint32_t& layer : layers_) layer = number[layer];
  }

  const LayoutGraph& graph_;
  const std::vector<bool>& is_back_;
  WireLists in_;
  WireLists out_;
  std::vector<std::uint32_t> layers_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> counts_;
  std::uint32_t most_ = 0;
};

}  // namespace

std::vector<bool> find_back_wires(const LayoutGraph& graph) {
  std::vector<bool> has_source(graph.nodes.size(), false);
  for (const auto& wire : graph.wires) has_source[wire.to] = true;
  BackWireSearch search(graph);
  for (std::uint32_t node = 0; node < has_source.size(); ++node) {
    if (!has_source[node]) search.visit(node);
  }
  for (std::uint32_t node = 0; node < has_source.size(); ++node) search.visit(node);
  return search.take();
}

std::vector<std::uint32_t> assign_layers(const LayoutGraph& graph, const std::vector<bool>& is_back) {
  return LayerAssignment(graph, is_back).assign();
}

}  // namespace vnode
