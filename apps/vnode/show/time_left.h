#pragma once

#include <optional>

namespace vnode {

/// How long a run will go on, guessed from what is done of it: all of it goes on as it has so far, and it
/// ends no earlier than any of its nodes that tell how far they are. Of a map of a thousand items in a
/// workflow of four nodes the map says it; that three of the four nodes have ended says nothing. Pure;
/// seconds.
class TimeLeft {
 public:
  /// `done` from 0 to 1, of the whole.
  TimeLeft(double elapsed, double done);

  /// A node that has been at work for so long, and has done so much of its work.
  void add_node(double elapsed, double done);

  /// nullopt while too little is done to say anything, and where nothing is left.
  std::optional<double> seconds() const;

 private:
  std::optional<double> most_;
  bool is_done_ = false;
};

}  // namespace vnode
