#include "layout/alignment.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

namespace vnode {
namespace {

/// How far each link is from the middle of those at one end, in the order of the places at the other.
void add_distances(const LaneGraph& graph, const std::vector<std::uint32_t>& places, bool is_left,
                   std::vector<double>& distances) {
  std::vector<std::vector<std::uint32_t>> of_slot(graph.slots.size());
  for (std::uint32_t i = 0; i < graph.links.size(); ++i) {
    of_slot[is_left ? graph.links[i].left : graph.links[i].right].push_back(i);
  }
  for (std::vector<std::uint32_t>& links : of_slot) {
    if (links.size() < 2) continue;
    std::stable_sort(links.begin(), links.end(), [&](std::uint32_t a, std::uint32_t b) {
      const auto other = [&](std::uint32_t link) {
        return places[is_left ? graph.links[link].right : graph.links[link].left];
      };
      return other(a) < other(b);
    });
    const double middle = static_cast<double>(links.size() - 1) / 2;
    for (std::size_t i = 0; i < links.size(); ++i)
      distances[links[i]] += std::abs(static_cast<double>(i) - middle);
  }
}

/// Takes links of one pair of layers as long as they do not cross.
class StraightChoice {
 public:
  bool take(std::uint32_t left, std::uint32_t right) {
    const auto next = taken_.lower_bound(left);
    if (next != taken_.end() && (next->first == left || next->second <= right)) return false;
    if (next != taken_.begin() && std::prev(next)->second >= right) return false;
    taken_.emplace_hint(next, left, right);
    return true;
  }

 private:
  std::map<std::uint32_t, std::uint32_t> taken_;  ///< places at the left, and at the right
};

}  // namespace

double link_weight(const LaneGraph& graph, const LaneGraph::Link& link) {
  constexpr double kData = 1, kExec = 6, kLane = 12;
  if (graph.slots[link.left].is_lane() && graph.slots[link.right].is_lane()) return kLane;
  return link.is_exec ? kExec : kData;
}

std::vector<bool> choose_straight_links(const LaneGraph& graph) {
  std::vector<std::uint32_t> places(graph.slots.size());
  for (const auto& layer : graph.layers) {
    for (std::uint32_t i = 0; i < layer.size(); ++i) places[layer[i]] = i;
  }
  std::vector<double> distances(graph.links.size(), 0);
  add_distances(graph, places, true, distances);
  add_distances(graph, places, false, distances);
  std::vector<std::vector<std::uint32_t>> between(graph.layers.size());
  for (std::uint32_t i = 0; i < graph.links.size(); ++i)
    between[graph.slots[graph.links[i].left].layer].push_back(i);
  std::vector<bool> is_straight(graph.links.size(), false);
  for (std::vector<std::uint32_t>& links : between) {
    std::stable_sort(links.begin(), links.end(), [&](std::uint32_t a, std::uint32_t b) {
      const double weight = link_weight(graph, graph.links[a]), other = link_weight(graph, graph.links[b]);
      return weight != other ? weight > other : distances[a] < distances[b];
    });
    StraightChoice choice;
    for (const std::uint32_t link : links) {
      is_straight[link] = choice.take(places[graph.links[link].left], places[graph.links[link].right]);
    }
  }
  return is_straight;
}

}  // namespace vnode
