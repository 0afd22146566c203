#include "layout/crossings.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

namespace vnode {
namespace {

/// One end of a link as seen from the other: which slot, and where at it.
struct Neighbour {
  std::uint32_t slot;
  double y;
};

using NeighbourLists = std::vector<std::vector<Neighbour>>;

class CrossingReduction {
 public:
  explicit CrossingReduction(LaneGraph& graph)
      : graph_(graph),
        left_(graph.slots.size()),
        right_(graph.slots.size()),
        turns_(graph.slots.size()),
        places_(graph.slots.size()),
        wishes_(graph.slots.size()) {
    for (const LaneGraph::Link& link : graph.links) {
      right_[link.left].push_back({link.right, link.right_y});
      left_[link.right].push_back({link.left, link.left_y});
    }
    for (const LaneGraph::Turn& turn : graph.turns) turns_[turn.lane].push_back(turn.slot);
    number();
  }

  void reduce() {
    const int sweeps = graph_.slots.size() > kManySlots ? 8 : 24;
    std::uint64_t fewest = count_crossings(graph_);
    auto best = graph_.layers;
    int without_gain = 0;
    for (int sweep = 0; sweep < sweeps && fewest > 0 && without_gain < 6; ++sweep) {
      sweep_once(sweep % 2 == 0);
      if (graph_.slots.size() <= kManySlots) exchange();
      const std::uint64_t crossings = count_crossings(graph_);
      ++without_gain;
      if (crossings >= fewest) continue;
      fewest = crossings;
      best = graph_.layers;
      without_gain = 0;
    }
    graph_.layers = std::move(best);
  }

 private:
  static constexpr std::size_t kManySlots = 20'000;

  void number() {
    for (const auto& layer : graph_.layers) number(layer);
  }
  void number(const std::vector<std::uint32_t>& layer) {
    for (std::uint32_t i = 0; i < layer.size(); ++i) places_[layer[i]] = i;
  }

  void sweep_once(bool goes_right) {
    const std::size_t count = graph_.layers.size();
    for (std::size_t step = 1; step < count; ++step) {
      order(goes_right ? step : count - 1 - step, goes_right ? left_ : right_);
    }
    if (count == 1) order(0, left_);
  }

  /// The place of a port in its layer: ports of one slot stay apart, and below 1.
  double place_of(const Neighbour& neighbour) const {
    const double height = graph_.slots[neighbour.slot].height;
    return places_[neighbour.slot] + (height > 0 ? std::clamp(neighbour.y / height, 0.0, 1.0) * 0.9 : 0.5);
  }

  void order(std::size_t layer, const NeighbourLists& neighbours) {
    auto& slots = graph_.layers[layer];
    double last = -1;  // what has no neighbours there stays behind the one before it
    for (const std::uint32_t slot : slots) {
      if (!neighbours[slot].empty()) {
        double sum = 0;
        for (const Neighbour& neighbour : neighbours[slot]) sum += place_of(neighbour);
        last = sum / static_cast<double>(neighbours[slot].size());
      }
      wishes_[slot] = last;
    }
    for (const std::uint32_t slot : slots) {
      if (turns_[slot].empty()) continue;
      double sum = 0;
      for (const std::uint32_t other : turns_[slot]) sum += wishes_[other] + 0.01;
      wishes_[slot] = sum / static_cast<double>(turns_[slot].size());
    }
    std::stable_sort(slots.begin(), slots.end(),
                     [this](std::uint32_t a, std::uint32_t b) { return wishes_[a] < wishes_[b]; });
    number(slots);
  }

  /// Exchanges slots that stand beside each other, once through all layers.
  void exchange() {
    for (auto& layer : graph_.layers) {
      for (const std::uint32_t slot : layer) sort_neighbours(slot);
      for (std::size_t i = 0; i + 1 < layer.size(); ++i) {
        const std::uint32_t above = layer[i], below = layer[i + 1];
        const std::uint64_t now = crossings_of(above, below), then = crossings_of(below, above);
        if (then >= now) continue;
        std::swap(layer[i], layer[i + 1]);
        std::swap(places_[above], places_[below]);
      }
    }
  }

  void sort_neighbours(std::uint32_t slot) {
    const auto by_place = [this](const Neighbour& a, const Neighbour& b) {
      return place_of(a) < place_of(b);
    };
    std::stable_sort(left_[slot].begin(), left_[slot].end(), by_place);
    std::stable_sort(right_[slot].begin(), right_[slot].end(), by_place);
  }

  std::uint64_t crossings_of(std::uint32_t above, std::uint32_t below) const {
    return crossings_of(left_[above], left_[below]) + crossings_of(right_[above], right_[below]);
  }

  /// Pairs of which the upper slot's link leads below that of the lower one. Both lists are sorted.
  std::uint64_t crossings_of(std::span<const Neighbour> above, std::span<const Neighbour> below) const {
    std::uint64_t count = 0;
    std::size_t passed = 0;
    for (const Neighbour& neighbour : above) {
      const double place = place_of(neighbour);
      while (passed < below.size() && place_of(below[passed]) < place) ++passed;
      count += passed;
    }
    return count;
  }

  LaneGraph& graph_;
  NeighbourLists left_;
  NeighbourLists right_;
  std::vector<std::vector<std::uint32_t>> turns_;
  std::vector<std::uint32_t> places_;
  std::vector<double> wishes_;
};

/// Inversions of a sequence, by merging.
std::uint64_t count_inversions(std::vector<std::uint64_t>& items) {
  std::uint64_t count = 0;
  std::vector<std::uint64_t> merged(items.size());
  for (std::size_t width = 1; width < items.size(); width *= 2) {
    for (std::size_t start = 0; start < items.size(); start += 2 * width) {
      const std::size_t middle = std::min(start + width, items.size());
      const std::size_t end = std::min(start + 2 * width, items.size());
      std::size_t a = start, b = middle;
      for (std::size_t i = start; i < end; ++i) {
        const bool takes_left = a < middle && (b == end || items[a] <= items[b]);
        if (!takes_left) count += middle - a;
        merged[i] = items[takes_left ? a++ : b++];
      }
    }
    items.swap(merged);
  }
  return count;
}

}  // namespace

void reduce_crossings(LaneGraph& graph) { CrossingReduction(graph).reduce(); }

std::uint64_t count_crossings(const LaneGraph& graph) {
  std::vector<std::uint32_t> places(graph.slots.size());
  for (const auto& layer : graph.layers) {
    for (std::uint32_t i = 0; i < layer.size(); ++i) places[layer[i]] = i;
  }
  const auto key = [&](std::uint32_t slot, double y) {
    return (static_cast<std::uint64_t>(places[slot]) << 32U) +
           static_cast<std::uint32_t>(std::max(y, 0.0) * 16);
  };
  using Ends = std::pair<std::uint64_t, std::uint64_t>;
  std::vector<std::vector<Ends>> between(graph.layers.size());
  for (const LaneGraph::Link& link : graph.links) {
    between[graph.slots[link.left].layer].emplace_back(key(link.left, link.left_y),
                                                       key(link.right, link.right_y));
  }
  std::uint64_t count = 0;
  for (auto& ends : between) {
    std::sort(ends.begin(), ends.end());
    std::vector<std::uint64_t> right;
    right.reserve(ends.size());
    for (const Ends& pair : ends) right.push_back(pair.second);
    count += count_inversions(right);
  }
  return count;
}

}  // namespace vnode
