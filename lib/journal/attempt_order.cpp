#include "journal/attempt_order.h"

#include <algorithm>
#include <deque>
#include <tuple>
#include <utility>

namespace vnode {

void AttemptOrder::begin_attempt(const ResumeOrder& order) {
  begins_.push_back(static_cast<Entry>(order.size()));
  repeated_.clear();
}

void AttemptOrder::drop(Entry entry) {
  if (is_dropped_.size() < entry) is_dropped_.resize(entry, false);
  is_dropped_[entry - 1] = true;
}

AttemptOrder::Entry AttemptOrder::repeat(std::uint32_t execution, Entry place) {
  const auto found = repeated_.find(execution);
  if (found == repeated_.end() || found->second == 0) {
    drop(place);
    return 0;
  }
  const Entry entry = found->second;
  const auto [moved, is_first] = moved_.try_emplace(entry, place);
  drop(is_first ? entry : moved->second);
  moved->second = place;
  return entry;
}

/// Of those that are found by what was suspended, the first ones of an attempt are the first ones that were
/// left of those before, once more.
void AttemptOrder::drop_repeated_waits(const ResumeOrder& order) {
  std::vector<std::tuple<std::uint64_t, std::size_t, Entry>> waits;
  std::size_t attempt = 0;
  for (Entry entry = 1; entry <= order.size(); ++entry) {
    while (attempt < begins_.size() && entry > begins_[attempt]) ++attempt;
    if (order.key(entry) != 0) waits.emplace_back(order.key(entry), attempt, entry);
  }
  std::sort(waits.begin(), waits.end());
  std::deque<Entry> left;
  std::uint64_t last_key = 0;
  for (auto wait = waits.begin(); wait != waits.end();) {
    const auto [key, of_attempt, first] = *wait;
    if (std::exchange(last_key, key) != key) left.clear();
    std::vector<Entry> own;
    for (; wait != waits.end() && std::get<0>(*wait) == key && std::get<1>(*wait) == of_attempt; ++wait)
      own.push_back(std::get<2>(*wait));
    for (std::size_t i = 0; i < own.size() && !left.empty(); ++i) {
      drop(left.front());
      left.pop_front();
    }
    left.insert(left.begin(), own.begin(), own.end());
  }
}

std::vector<AttemptOrder::Entry> AttemptOrder::settle(ResumeOrder& order) {
  if (begins_.size() < 2) return {};
  drop_repeated_waits(order);
  is_dropped_.resize(order.size(), false);
  std::vector<Entry> kept;
  std::vector<Entry> numbers(order.size(), 0);
  auto end = static_cast<Entry>(order.size());
  for (auto begin = begins_.rbegin(); begin != begins_.rend(); ++begin) {
    for (Entry entry = *begin + 1; entry <= end; ++entry) {
      if (is_dropped_[entry - 1]) continue;
      kept.push_back(entry);
      numbers[entry - 1] = static_cast<Entry>(kept.size());
    }
    end = *begin;
  }
  for (const auto& [entry, place] : moved_) numbers[entry - 1] = numbers[place - 1];
  order.rearrange(kept);
  return numbers;
}

}  // namespace vnode
