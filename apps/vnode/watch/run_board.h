#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/vnode/show/run_info.h"
#include "apps/vnode/show/run_listing.h"

namespace vnode {

/// The runs of a daemon as somebody watches them: which there are, and in which order they are shown. No
/// terminal, no daemon, no clock.
class RunBoard {
 public:
  struct Limits {
    std::optional<std::size_t> ended = {};  ///< so many of those that have ended, the last ones
    std::optional<std::size_t> runs = {};   ///< so many at all, the newest
  };
  explicit RunBoard(Limits limits) : limits_(limits) {}

  /// All go; what is known of the rate stays.
  void clear();
  /// A run as it is now. Returns the ids of those that are over the limits, and not here any more.
  std::vector<std::string> apply(RunInfo run, SteadyTime now);
  /// False when it was not here.
  bool remove(const std::string& id);

  /// Null when it is not here.
  const RunInfo* find(const std::string& id) const;
  std::size_t size() const { return runs_.size(); }
  std::size_t running() const { return running_; }
  std::size_t pending() const { return pending_; }
  std::size_t ended() const { return runs_.size() - running_ - pending_; }

  /// Those that run, as they were submitted; those that wait, as they will be started; those that have ended,
  /// the last one first. Only what has `filter` in one of its texts, whatever the case. Good until a change.
  std::vector<const RunInfo*> ordered(std::string_view filter = {}) const;

  /// How many ended a second, in the last minute; nullopt while too few have.
  std::optional<double> ends_a_second(SteadyTime now) const;

 private:
  void count(const RunInfo& run, int difference);
  void note_end(SteadyTime now);
  void drop_over_limits(std::vector<std::string>& dropped);

  const Limits limits_;
  struct BySubmission {
    bool operator()(const std::string& a, const std::string& b) const { return is_submitted_before(a, b); }
  };
  std::map<std::string, RunInfo, BySubmission> runs_;
  std::set<std::pair<WallTime, std::string>> by_end_;
  std::size_t running_ = 0;
  std::size_t pending_ = 0;
  std::deque<SteadyTime> ends_;  ///< that were seen, in the last minute
  std::optional<SteadyTime> since_;
};

}  // namespace vnode
