#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "events/event.h"

namespace vnode {

/// How far a run is, as its events tell it: cheap for each of them. Thread rule: one thread at a time.
class RunTally {
 public:
  /// A node at work that tells how far it is (a map: its items), in thousandths.
  struct Underway {
    WallTime started_at;
    int permille = 0;

    friend bool operator==(const Underway&, const Underway&) = default;
  };
  /// Nodes of the workflow; those in groups count as their group, those in bodies of maps once.
  struct Counts {
    std::size_t nodes = 0;
    std::size_t ended = 0;   ///< at least once
    std::size_t failed = 0;  ///< the last time, and no failure that something deals with
    /// Of all nodes at work together, beyond `ended`: 1000 are as much as one node. Less than 0 where nodes
    /// in the body of a map have ended for some items, and the map still has others.
    int permille_underway = 0;
    std::optional<Underway> slowest = {};  ///< which will end last, as far as they say

    friend bool operator==(const Counts&, const Counts&) = default;
    /// How much of the run is done, from 0 to 1.
    double fraction() const;
  };

  void apply(const Event& event);
  Counts counts() const;

 private:
  using UnderwayNodes = std::unordered_map<Uuid, Underway>;

  void begin(std::size_t nodes);
  void note_start(const Uuid& node, WallTime now);
  void note_end(const Uuid& node, const NodeFinished& finished, bool is_item);

  std::size_t nodes_ = 0;
  std::unordered_set<Uuid> ended_;
  std::unordered_set<Uuid> failed_;
  std::unordered_set<Uuid> in_bodies_;  ///< of `ended_` those whose map may still have items
  UnderwayNodes underway_;              ///< at work, from their start
  UnderwayNodes::node_type spare_;      ///< in a loop one starts as soon as another has ended
  WallTime now_;                        ///< of the last progress
};

}  // namespace vnode
