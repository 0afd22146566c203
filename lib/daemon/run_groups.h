#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/run_status.h"
#include "store/group_row.h"

namespace vnode {

/// A group of runs, and how its runs stand (rule 22). Removed runs are not counted any more.
struct RunGroup {
  GroupRow row;
  std::array<std::int64_t, kTableStatuses.size()> counts{};
  std::optional<std::int64_t> last_end = {};  ///< of its runs, as rows have it

  std::int64_t count(RunStatus status) const { return counts.at(static_cast<std::size_t>(status)); }
  /// Of the runs that are there still.
  std::int64_t runs() const;
  bool has_ended() const { return count(RunStatus::kPending) == 0 && count(RunStatus::kRunning) == 0; }
  std::optional<std::int64_t> completed_at() const { return has_ended() ? last_end : std::nullopt; }
  /// Of them all: running as soon as one has begun and until all have ended; then completed only if all are,
  /// else what has become of the worst of them: failed, timeout, interrupted, cancelled.
  RunStatus status() const;
};

/// All groups, with counts that follow every change of a run, so that telling them costs nothing. It decides
/// nothing and does nothing else. Thread rule: one thread.
class RunGroups {
 public:
  void add(GroupRow row);
  /// So many runs more (or fewer) of that group stand so. A group that is not known is passed over.
  void count(std::int64_t group, RunStatus status, std::int64_t difference);
  /// One of its runs has ended then.
  void note_end(std::int64_t group, std::int64_t completed_at);
  /// Drops those of them of which no run is left; their ids.
  std::vector<std::string> drop_empty(const std::vector<GroupCount>& perhaps);

  /// Null when there is none.
  const RunGroup* find(std::int64_t number) const;
  /// Up to so many whose id begins so, the oldest first.
  std::vector<const RunGroup*> with_prefix(std::string_view prefix, std::size_t most) const;
  /// The newest with a number below; null: there is none.
  const RunGroup* newest_before(std::int64_t number) const;
  std::size_t size() const { return groups_.size(); }

  /// Called once, when all its runs have ended. It must be there. Those that are not wanted any more are
  /// dropped when others come.
  void when_ended(std::int64_t number, std::function<void(const RunGroup&)> then,
                  std::function<bool()> is_wanted);
  /// Those who wait for that group are told, if all its runs have ended.
  void tell_end(std::int64_t number);
  /// Tells all who wait how things are.
  void answer_waiters();

 private:
  struct Waiter {
    std::function<void(const RunGroup&)> then;
    std::function<bool()> is_wanted;
  };
  std::map<std::int64_t, RunGroup> groups_;
  std::map<std::int64_t, std::vector<Waiter>> waiters_;
};

}  // namespace vnode
