#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/resume_order.h"

namespace vnode {

/// In which order suspensions have ended, over several attempts of a run (journal rule 13). An attempt goes
/// through what earlier ones have recorded, and tells of each suspension once more, where it has ended this
/// time: among those that are new. So the order of the last attempt counts, as far as it came; behind that
/// come those that it has not reached, as the attempt before had them. A builder; thread rule: one thread.
class AttemptOrder {
 public:
  using Entry = ResumeOrder::Entry;

  /// What is added to the order from now on is of a later attempt than what stands in it.
  void begin_attempt(const ResumeOrder& order);
  /// That execution is gone through once more, in this attempt. `first`: of its entries.
  void take(std::uint32_t execution, Entry first) {
    if (first != 0) repeated_[execution] = first;
  }
  /// It is, so that its entries come once more.
  bool is_repeated(std::uint32_t execution) const { return repeated_.contains(execution); }
  /// Its next one has come, at `place`. Returns which it is; 0: it had no more.
  Entry repeat(std::uint32_t execution, Entry place);
  /// Which of its entries comes next, behind the one that `repeat` gave.
  void set_next(std::uint32_t execution, Entry next) { repeated_[execution] = next; }

  /// Puts the order in order. Returns for each entry its number then, 0 where it has none; empty: nothing has
  /// changed.
  std::vector<Entry> settle(ResumeOrder& order);

 private:
  void drop_repeated_waits(const ResumeOrder& order);
  void drop(Entry entry);

  std::vector<Entry> begins_;                          ///< of each attempt: how many entries there were
  std::unordered_map<std::uint32_t, Entry> repeated_;  ///< in this attempt, by execution: its next entry
  std::unordered_map<Entry, Entry> moved_;             ///< to which place, the last time
  std::vector<bool> is_dropped_;                       ///< by entry - 1; those behind its end are not
};

}  // namespace vnode
