#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "engine/recorder.h"

namespace vnode {

/// The same for the same place in each run of a workflow.
std::uint64_t place_hash(const RecordedPlace& place);

/// The order in which the chains of an earlier run went on after suspensions, which a run that resumes it
/// keeps (journal rule 13). The scheduler asks it. Entries have numbers from 1, in their order; 0 is none.
///
/// A run is a sequence of turns. Most follow from the ones before; when a suspension ends is told from
/// outside, so its place among the others is what has to be known: behind which entry, and how many of the
/// turns that need no entry came between.
/// Thread rule: one thread at a time.
class ResumeOrder {
 public:
  using Entry = std::uint32_t;

  /// The next one. `suspension.execution`: it goes on as a step of that execution, which knows its entries;
  /// others are found by what was suspended.
  Entry add(const RecordedSuspension& suspension);
  /// A step that was no end of a suspension: a push out of the middle of one.
  Entry add_step(std::uint32_t turns);

  /// What was suspended there, of all its entries that nobody has asked for the first one, for whoever asks.
  Entry find(const RecordedSuspension& suspension);
  bool has(const RecordedSuspension& suspension) const;
  /// It has come, or will not come. 0: nothing happens.
  void pass(Entry entry);
  /// The first that has not been passed; 0: there is none.
  Entry first();
  /// How many turns without an entry came between that one and the one before it.
  std::uint32_t turns(Entry entry) const { return places_[entry - 1].turns; }
  std::size_t size() const { return places_.size(); }
  /// By what it is found; 0: it is a step.
  std::uint64_t key(Entry entry) const { return places_[entry - 1].key; }
  /// Only those are left, in that order: they have the numbers from 1 then. Before `close`.
  void rearrange(const std::vector<Entry>& entries);
  /// After the last `add`.
  void close();

 private:
  struct Place {
    std::uint64_t key = 0;  ///< of what is found; 0: a step
    std::uint32_t turns = 0;
    bool is_passed = false;
    bool is_asked_for = false;
  };

  std::deque<Place> places_;
  std::vector<Entry> by_key_;  ///< those that are found, by key and number
  Entry first_ = 1;
};

}  // namespace vnode
