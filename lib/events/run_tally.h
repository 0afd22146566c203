#pragma once

#include <cstddef>
#include <unordered_set>

#include "events/event.h"

namespace vnode {

/// How far a run is, as its events tell it: cheap for each of them. Thread rule: one thread at a time.
class RunTally {
 public:
  /// Nodes of the workflow; those in groups count as their group, those in bodies of maps once.
  struct Counts {
    std::size_t nodes = 0;
    std::size_t ended = 0;   ///< at least once
    std::size_t failed = 0;  ///< the last time, and no failure that something deals with

    friend bool operator==(const Counts&, const Counts&) = default;
  };

  void apply(const Event& event);
  Counts counts() const { return {nodes_, ended_.size(), failed_.size()}; }

 private:
  std::size_t nodes_ = 0;
  std::unordered_set<Uuid> ended_;
  std::unordered_set<Uuid> failed_;
};

}  // namespace vnode
