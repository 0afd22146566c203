#include "layout/row_placement.h"

#include <algorithm>

#include "layout/alignment.h"

namespace vnode {
namespace {

/// Where something that is not straight would have a row stand.
struct RowWish {
  double top;
  double weight;
};

double weighted_mean(const std::vector<RowWish>& wishes) {
  double total = 0, sum = 0;
  for (const RowWish& wish : wishes) {
    total += wish.weight;
    sum += wish.weight * wish.top;
  }
  return sum / total;
}

double median_of_rows(std::vector<RowWish>& wishes) {
  std::stable_sort(wishes.begin(), wishes.end(),
                   [](const RowWish& a, const RowWish& b) { return a.top < b.top; });
  double total = 0, sum = 0;
  for (const RowWish& wish : wishes) total += wish.weight;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    sum += wishes[i].weight;
    if (2 * sum == total && i + 1 < wishes.size()) return (wishes[i].top + wishes[i + 1].top) / 2;
    if (2 * sum >= total) return wishes[i].top;
  }
  return wishes.back().top;
}

/// Slots that straight links join move together, as a row; rows do not cross, so one can be said to be above
/// another wherever both are.
class RowPlacement {
 public:
  explicit RowPlacement(const LaneGraph& graph) : graph_(graph) {
    make_rows(choose_straight_links(graph));
    make_distances();
    if (sort()) return;
    // Cannot be, since rows do not cross; without straight links it certainly is not.
    make_rows(std::vector<bool>(graph.links.size(), false));
    make_distances();
    sort();
  }

  std::vector<double> place() {
    stack();
    // Means let whole clusters of rows drift to where they belong; medians then decide for single rows.
    constexpr int kDrifting = 60, kDeciding = 8;
    for (int sweep = 0; sweep < kDrifting + kDeciding; ++sweep) {
      for (std::size_t i = 0; i < order_.size(); ++i) {
        settle(order_[sweep % 2 == 0 ? i : order_.size() - 1 - i], sweep < kDrifting);
      }
    }
    std::vector<double> tops(graph_.slots.size());
    for (std::size_t slot = 0; slot < tops.size(); ++slot) tops[slot] = top_of(slot);
    return tops;
  }

 private:
  /// What another row, or a link to it, asks of a row: a distance between their tops.
  struct Relation {
    std::uint32_t row;
    double distance;
    double weight = 0;
  };
  /// A lane near the node at which it turns.
  struct Near {
    std::uint32_t lane, slot;
  };
  struct Row {
    double top = 0;
    double above = 0;  ///< how far its highest slot is above its top
    double below = 0;  ///< and the end of its lowest slot below it
    std::vector<Relation> uppers, lowers, links;
    std::vector<Near> turns;
  };

  double top_of(std::size_t slot) const { return rows_[row_of_[slot]].top + offsets_[slot]; }

  void make_rows(const std::vector<bool>& is_straight) {
    constexpr std::uint32_t kNone = 0xFFFFFFFF;
    std::vector<std::uint32_t> straight(graph_.slots.size(), kNone);
    for (std::uint32_t i = 0; i < graph_.links.size(); ++i) {
      if (is_straight[i]) straight[graph_.links[i].right] = i;
    }
    rows_.clear();
    row_of_.assign(graph_.slots.size(), 0);
    offsets_.assign(graph_.slots.size(), 0);
    for (const auto& layer : graph_.layers) {
      for (const std::uint32_t slot : layer) {
        if (straight[slot] == kNone) {
          row_of_[slot] = static_cast<std::uint32_t>(rows_.size());
          rows_.emplace_back();
        } else {
          const LaneGraph::Link& link = graph_.links[straight[slot]];
          row_of_[slot] = row_of_[link.left];
          offsets_[slot] = offsets_[link.left] + link.left_y - link.right_y;
        }
        Row& row = rows_[row_of_[slot]];
        row.above = std::max(row.above, -offsets_[slot]);
        row.below = std::max(row.below, offsets_[slot] + graph_.slots[slot].height);
      }
    }
    for (std::uint32_t i = 0; i < graph_.links.size(); ++i) {
      if (!is_straight[i]) add_link(graph_.links[i]);
    }
    for (const LaneGraph::Turn& turn : graph_.turns) {
      rows_[row_of_[turn.lane]].turns.push_back({turn.lane, turn.slot});
    }
  }

  void add_link(const LaneGraph::Link& link) {
    const std::uint32_t left = row_of_[link.left], right = row_of_[link.right];
    if (left == right) return;
    const double distance = offsets_[link.right] + link.right_y - offsets_[link.left] - link.left_y;
    const double weight = link_weight(graph_, link);
    rows_[left].links.push_back({right, distance, weight});
    rows_[right].links.push_back({left, -distance, weight});
  }

  double gap(std::uint32_t above, std::uint32_t below) const {
    const bool has_lane = graph_.slots[above].is_lane() || graph_.slots[below].is_lane();
    if (!has_lane) return kNodeGap;
    const bool is_lane = graph_.slots[above].is_lane() && graph_.slots[below].is_lane();
    return is_lane ? kWireGap : 1.5 * kWireGap;
  }

  void make_distances() {
    for (const auto& layer : graph_.layers) {
      for (std::size_t i = 1; i < layer.size(); ++i) {
        const std::uint32_t upper = layer[i - 1], lower = layer[i];
        const double distance =
            offsets_[upper] + graph_.slots[upper].height + gap(upper, lower) - offsets_[lower];
        rows_[row_of_[upper]].lowers.push_back({row_of_[lower], distance});
        rows_[row_of_[lower]].uppers.push_back({row_of_[upper], distance});
      }
    }
  }

  /// Each row behind those above it. False when there is no such order.
  bool sort() {
    order_.clear();
    std::vector<std::size_t> missing(rows_.size());
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
      missing[row] = rows_[row].uppers.size();
      if (missing[row] == 0) order_.push_back(row);
    }
    for (std::size_t i = 0; i < order_.size(); ++i) {
      for (const Relation& lower : rows_[order_[i]].lowers) {
        if (--missing[lower.row] == 0) order_.push_back(lower.row);
      }
    }
    return order_.size() == rows_.size();
  }

  /// To begin with: in the middle between as high and as low as each can be.
  void stack() {
    double bottom = 0;
    for (const std::uint32_t number : order_) {
      Row& row = rows_[number];
      row.top = row.above;
      for (const Relation& upper : row.uppers)
        row.top = std::max(row.top, rows_[upper.row].top + upper.distance);
      bottom = std::max(bottom, row.top + row.below);
    }
    std::vector<double> lowest(rows_.size());
    for (std::size_t i = order_.size(); i-- > 0;) {
      const Row& row = rows_[order_[i]];
      double top = bottom - row.below;
      for (const Relation& lower : row.lowers) top = std::min(top, lowest[lower.row] - lower.distance);
      lowest[order_[i]] = top;
    }
    for (std::size_t row = 0; row < rows_.size(); ++row) rows_[row].top = (rows_[row].top + lowest[row]) / 2;
  }

  /// As near as its neighbours let it to where most of its links would have it.
  void settle(std::uint32_t number, bool drifts) {
    Row& row = rows_[number];
    wishes_.clear();
    for (const Relation& link : row.links)
      wishes_.push_back({rows_[link.row].top - link.distance, link.weight});
    for (const Near& turn : row.turns) {
      const double beside = top_of(turn.slot), lane = top_of(turn.lane);
      const double wish =
          lane < beside ? beside - 1.5 * kWireGap : beside + graph_.slots[turn.slot].height + 1.5 * kWireGap;
      wishes_.push_back({wish - offsets_[turn.lane], 2});
    }
    if (wishes_.empty()) return;
    double top = drifts ? weighted_mean(wishes_) : median_of_rows(wishes_);
    for (const Relation& lower : row.lowers) top = std::min(top, rows_[lower.row].top - lower.distance);
    for (const Relation& upper : row.uppers) top = std::max(top, rows_[upper.row].top + upper.distance);
    row.top = top;
  }

  const LaneGraph& graph_;
  std::vector<Row> rows_;
  std::vector<std::uint32_t> row_of_;
  std::vector<double> offsets_;  ///< of each slot, from its row's top
  std::vector<std::uint32_t> order_;
  std::vector<RowWish> wishes_;
};

}  // namespace

std::vector<double> place_in_rows(const LaneGraph& graph) { return RowPlacement(graph).place(); }

}  // namespace vnode
