#include "report/track_table.h"

#include <algorithm>

namespace vnode {

std::uint32_t TrackTable::take(std::uint32_t process, bool is_map) {
  std::vector<bool>& used = tracks_[{process, is_map}].is_used;
  const auto free = std::find(used.begin(), used.end(), false);
  const auto track = static_cast<std::uint32_t>(free - used.begin());
  if (free == used.end()) {
    used.push_back(true);
  } else {
    *free = true;
  }
  return track + 1;
}

void TrackTable::give_back(std::uint32_t process, bool is_map, std::uint32_t track) {
  tracks_[{process, is_map}].is_used[track - 1] = false;
}

}  // namespace vnode
