#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "events/event.h"

namespace vnode {

/// How much of a run is done, for who shows one number of it: the nodes of the workflow count as one each,
/// and the items of maps and loops as one more each, once it is known how many there are. It never goes back,
/// and is whole only at a good end. No output, no clock.
class FarmProgress {
 public:
  void apply(const Event& event);
  /// From 0 to 1.
  double fraction() const { return shown_; }

 private:
  struct Node {
    std::size_t items = 0;  ///< 0: none are known
    double done = 0;        ///< of them, or of the node itself
  };
  void apply_output(const Event& event, const NodeOutput& output);
  void apply_progress(const Event& event, const NodeProgress& progress);
  void update();

  std::size_t total_ = 0;
  std::unordered_set<Uuid> ended_;
  std::unordered_map<Uuid, Node> running_;  ///< and those that have ended and had items
  double shown_ = 0;
};

}  // namespace vnode
