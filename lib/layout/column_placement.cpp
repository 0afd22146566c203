#include "layout/column_placement.h"

#include <algorithm>
#include <utility>

#include "layout/alignment.h"

namespace vnode {
namespace {

/// Where a link would have its slot stand to be straight.
struct Wish {
  double top;
  double weight;
};

bool is_higher(const Wish& a, const Wish& b) { return a.top < b.top; }

/// Of wishes in their order.
double weighted_median(const std::vector<Wish>& wishes, double total) {
  double sum = 0;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    sum += wishes[i].weight;
    if (2 * sum == total && i + 1 < wishes.size()) return (wishes[i].top + wishes[i + 1].top) / 2;
    if (2 * sum >= total) return wishes[i].top;
  }
  return wishes.back().top;
}

/// Slots that stand one below the other without room between them.
struct Block {
  std::vector<Wish> wishes;  ///< for the top of the first, from the highest
  double weight;
  double top;
  std::size_t end;  ///< behind its last slot in the layer

  void take(Block&& below) {
    if (wishes.size() < below.wishes.size()) wishes.swap(below.wishes);
    for (const Wish& wish : below.wishes) {
      wishes.insert(std::upper_bound(wishes.begin(), wishes.end(), wish, is_higher), wish);
    }
    weight += below.weight;
    end = below.end;
    top = weighted_median(wishes, weight);
  }
};

class ColumnPlacement {
 public:
  explicit ColumnPlacement(const LaneGraph& graph)
      : graph_(graph), left_(graph.slots.size()), right_(graph.slots.size()), tops_(graph.slots.size(), 0) {
    for (const LaneGraph::Link& link : graph.links) {
      const bool is_half = graph.slots[link.left].is_lane() != graph.slots[link.right].is_lane();
      const double weight = link_weight(graph, link) * (is_half ? 0.5 : 1);
      right_[link.left].push_back({link.right, link.right_y - link.left_y, weight});
      left_[link.right].push_back({link.left, link.left_y - link.right_y, weight});
    }
    for (const LaneGraph::Turn& turn : graph.turns) {
      turns_.resize(graph.slots.size());
      turns_[turn.lane].push_back(turn.slot);
    }
  }

  std::vector<double> place() {
    stack();
    constexpr int kSweeps = 6;
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      for (std::size_t i = 0; i < graph_.layers.size(); ++i) settle(i, true, sweep > 2);
      for (std::size_t i = graph_.layers.size(); i-- > 0;) settle(i, sweep > 2, true);
    }
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) settle(i, true, true);
    return std::move(tops_);
  }

 private:
  struct Side {
    std::uint32_t slot;
    double offset;  ///< from its top to where this slot's would be
    double weight;
  };

  double gap(std::uint32_t above, std::uint32_t below) const {
    const bool has_lane = graph_.slots[above].is_lane() || graph_.slots[below].is_lane();
    if (!has_lane) return kNodeGap;
    const bool is_lane = graph_.slots[above].is_lane() && graph_.slots[below].is_lane();
    return is_lane ? kWireGap : 1.5 * kWireGap;
  }

  /// To begin with: each column by itself, its middle at 0.
  void stack() {
    for (const auto& layer : graph_.layers) {
      double y = 0;
      for (std::size_t i = 0; i < layer.size(); ++i) {
        if (i > 0) y += gap(layer[i - 1], layer[i]);
        tops_[layer[i]] = y;
        y += graph_.slots[layer[i]].height;
      }
      for (const std::uint32_t slot : layer) tops_[slot] -= y / 2;
    }
  }

  Wish wish_of(std::uint32_t slot, bool looks_left, bool looks_right) {
    wishes_.clear();
    double total = 0;
    const auto add = [&](const std::vector<Side>& sides) {
      for (const Side& side : sides) {
        wishes_.push_back({tops_[side.slot] + side.offset, side.weight});
        total += side.weight;
      }
    };
    if (looks_left) add(left_[slot]);
    if (looks_right) add(right_[slot]);
    if (!turns_.empty()) {
      for (const std::uint32_t other : turns_[slot]) {
        const bool is_above = tops_[slot] < tops_[other];
        wishes_.push_back(
            {is_above ? tops_[other] - kWireGap : tops_[other] + graph_.slots[other].height + kWireGap, 1});
        total += 1;
      }
    }
    constexpr double kWeightOfNone = 0.01;
    if (wishes_.empty()) return {tops_[slot], kWeightOfNone};
    std::stable_sort(wishes_.begin(), wishes_.end(), is_higher);
    return {weighted_median(wishes_, total), total};
  }

  /// The tops of a column that are nearest to what its slots wish for, in their order and with the distances:
  /// slots that would overlap form blocks, which stand where most of their weight wishes to be.
  void settle(std::size_t index, bool looks_left, bool looks_right) {
    const auto& layer = graph_.layers[index];
    std::vector<Block> blocks;
    std::vector<double> offsets(layer.size(), 0);
    for (std::size_t i = 0; i < layer.size(); ++i) {
      if (i > 0) {
        offsets[i] = offsets[i - 1] + graph_.slots[layer[i - 1]].height + gap(layer[i - 1], layer[i]);
      }
      Wish wish = wish_of(layer[i], looks_left, looks_right);
      wish.top -= offsets[i];
      blocks.push_back({{wish}, wish.weight, wish.top, i + 1});
      while (blocks.size() > 1 && blocks[blocks.size() - 2].top > blocks.back().top) {
        Block last = std::move(blocks.back());
        blocks.pop_back();
        blocks.back().take(std::move(last));
      }
    }
    std::size_t i = 0;
    for (const Block& block : blocks) {
      for (; i < block.end; ++i) tops_[layer[i]] = block.top + offsets[i];
    }
  }

  const LaneGraph& graph_;
  std::vector<std::vector<Side>> left_;
  std::vector<std::vector<Side>> right_;
  std::vector<std::vector<std::uint32_t>> turns_;  ///< empty when no wire leads back
  std::vector<double> tops_;
  std::vector<Wish> wishes_;
};

}  // namespace

std::vector<double> place_by_columns(const LaneGraph& graph) { return ColumnPlacement(graph).place(); }

}  // namespace vnode
