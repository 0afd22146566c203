#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace vnode {

/// Gives out the tracks of a trace: the lowest free one, so that nodes that follow each other stand on one
/// track, and nodes at work at the same time never do.
class TrackTable {
 public:
  /// Tracks of that kind ("chain", "map") in the process of that number, from 1.
  std::uint32_t take(std::uint32_t process, bool is_map);
  void give_back(std::uint32_t process, bool is_map, std::uint32_t track);

 private:
  struct Tracks {
    std::vector<bool> is_used;
  };
  std::map<std::pair<std::uint32_t, bool>, Tracks> tracks_;
};

}  // namespace vnode
