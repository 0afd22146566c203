#include "daemon/run_groups.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace vnode {

std::int64_t RunGroup::runs() const { return std::accumulate(counts.begin(), counts.end(), std::int64_t{0}); }

RunStatus RunGroup::status() const {
  const std::int64_t left = runs();
  const std::int64_t pending = count(RunStatus::kPending);
  if (!has_ended()) return pending == left ? RunStatus::kPending : RunStatus::kRunning;
  for (const RunStatus bad :
       {RunStatus::kFailed, RunStatus::kTimeout, RunStatus::kInterrupted, RunStatus::kCancelled}) {
    if (count(bad) > 0) return bad;
  }
  return RunStatus::kCompleted;
}

void RunGroups::add(GroupRow row) {
  const std::int64_t number = row.number;
  groups_[number].row = std::move(row);
}

void RunGroups::count(std::int64_t group, RunStatus status, std::int64_t difference) {
  const auto found = groups_.find(group);
  if (found == groups_.end()) return;
  found->second.counts.at(static_cast<std::size_t>(status)) += difference;
}

void RunGroups::note_end(std::int64_t group, std::int64_t completed_at) {
  const auto found = groups_.find(group);
  if (found == groups_.end()) return;
  std::optional<std::int64_t>& last = found->second.last_end;
  last = std::max(last.value_or(completed_at), completed_at);
}

std::vector<std::string> RunGroups::drop_empty(const std::vector<GroupCount>& perhaps) {
  std::vector<std::string> gone;
  for (const GroupCount& count : perhaps) {
    const auto found = groups_.find(count.group);
    if (found == groups_.end() || found->second.runs() > 0) continue;
    gone.push_back(found->second.row.id);
    groups_.erase(found);
  }
  return gone;
}

const RunGroup* RunGroups::find(std::int64_t number) const {
  const auto found = groups_.find(number);
  return found == groups_.end() ? nullptr : &found->second;
}

std::vector<const RunGroup*> RunGroups::with_prefix(std::string_view prefix, std::size_t most) const {
  std::vector<const RunGroup*> found;
  for (const auto& [number, group] : groups_) {
    if (found.size() == most) break;
    if (group.row.id.starts_with(prefix)) found.push_back(&group);
  }
  return found;
}

const RunGroup* RunGroups::newest_before(std::int64_t number) const {
  const auto behind = groups_.lower_bound(number);
  return behind == groups_.begin() ? nullptr : &std::prev(behind)->second;
}

void RunGroups::when_ended(std::int64_t number, std::function<void(const RunGroup&)> then,
                           std::function<bool()> is_wanted) {
  std::vector<Waiter>& waiters = waiters_[number];
  std::erase_if(waiters, [](const Waiter& waiter) { return !waiter.is_wanted(); });
  waiters.push_back({std::move(then), std::move(is_wanted)});
}

void RunGroups::tell_end(std::int64_t number) {
  const auto found = groups_.find(number);
  if (found == groups_.end() || !found->second.has_ended()) return;
  const auto waiting = waiters_.find(number);
  if (waiting == waiters_.end()) return;
  const std::vector<Waiter> waiters = std::move(waiting->second);
  waiters_.erase(waiting);
  for (const Waiter& waiter : waiters) waiter.then(found->second);
}

void RunGroups::answer_waiters() {
  for (const auto& [number, waiters] : std::exchange(waiters_, {})) {
    const RunGroup* group = find(number);
    for (const Waiter& waiter : waiters) {
      if (group) waiter.then(*group);
    }
  }
}

}  // namespace vnode
