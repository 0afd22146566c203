#include "apps/vnode/watch/run_board.h"

#include <algorithm>

#include "apps/vnode/watch/text_filter.h"

namespace vnode {
namespace {

/// What a rate is the mean of.
constexpr auto kRateWindow = std::chrono::minutes(1);

std::pair<WallTime, std::string> end_key(const RunInfo& run) {
  return {run.completed_at.value_or(WallTime()), run.id};
}

bool has_text(const RunInfo& run, const TextFilter& filter) {
  return filter.is_in(run.id) || filter.is_in(run.workflow) || filter.is_in(run.status) ||
         filter.is_in(run.queue) || filter.is_in(run.description) || filter.is_in(run.info) ||
         filter.is_in(run.reason) || filter.is_in(run.error);
}

}  // namespace

void RunBoard::clear() {
  runs_.clear();
  by_end_.clear();
  running_ = 0;
  pending_ = 0;
}

void RunBoard::count(const RunInfo& run, int difference) {
  const auto change = static_cast<std::size_t>(difference);  // wraps around, back again
  if (run.is_running()) {
    running_ += change;
  } else if (run.is_pending()) {
    pending_ += change;
  } else if (difference > 0) {
    by_end_.insert(end_key(run));
  } else {
    by_end_.erase(end_key(run));
  }
}

std::vector<std::string> RunBoard::apply(RunInfo run, SteadyTime now) {
  if (!since_) since_ = now;
  const auto [entry, is_new] = runs_.try_emplace(run.id);
  const bool was_live = !is_new && !entry->second.has_ended();
  if (!is_new) count(entry->second, -1);
  entry->second = std::move(run);
  count(entry->second, 1);
  if (was_live && entry->second.has_ended()) note_end(now);
  std::vector<std::string> dropped;
  drop_over_limits(dropped);
  return dropped;
}

bool RunBoard::remove(const std::string& id) {
  const auto entry = runs_.find(id);
  if (entry == runs_.end()) return false;
  count(entry->second, -1);
  runs_.erase(entry);
  return true;
}

const RunInfo* RunBoard::find(const std::string& id) const {
  const auto entry = runs_.find(id);
  return entry == runs_.end() ? nullptr : &entry->second;
}

void RunBoard::drop_over_limits(std::vector<std::string>& dropped) {
  const auto drop = [this, &dropped](std::string id) {
    remove(id);
    dropped.push_back(std::move(id));
  };
  while (limits_.runs && runs_.size() > *limits_.runs) drop(runs_.begin()->first);
  while (limits_.ended && by_end_.size() > *limits_.ended) drop(by_end_.begin()->second);
}

std::vector<const RunInfo*> RunBoard::ordered(std::string_view filter) const {
  const TextFilter texts(filter);
  std::vector<const RunInfo*> running;
  std::vector<const RunInfo*> pending;
  bool has_priorities = false;
  for (const auto& [id, run] : runs_) {
    if (run.has_ended() || !has_text(run, texts)) continue;
    (run.is_running() ? running : pending).push_back(&run);
    has_priorities = has_priorities || run.priority != 0;
  }
  if (has_priorities) {
    std::stable_sort(pending.begin(), pending.end(),
                     [](const RunInfo* a, const RunInfo* b) { return a->priority > b->priority; });
  }
  running.insert(running.end(), pending.begin(), pending.end());
  for (auto end = by_end_.rbegin(); end != by_end_.rend(); ++end) {
    const RunInfo* run = find(end->second);
    if (has_text(*run, texts)) running.push_back(run);
  }
  return running;
}

void RunBoard::note_end(SteadyTime now) {
  ends_.push_back(now);
  while (ends_.front() < now - kRateWindow) ends_.pop_front();
}

std::optional<double> RunBoard::ends_a_second(SteadyTime now) const {
  constexpr std::size_t kFewest = 2;
  const auto first = std::lower_bound(ends_.begin(), ends_.end(), now - kRateWindow);
  const auto count = static_cast<std::size_t>(ends_.end() - first);
  if (count < kFewest || !since_) return std::nullopt;
  const double seconds = std::chrono::duration<double>(now - std::max(*since_, now - kRateWindow)).count();
  return seconds > 0 ? std::optional(static_cast<double>(count) / seconds) : std::nullopt;
}

}  // namespace vnode
