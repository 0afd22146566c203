#include "engine/resume_order.h"

#include <algorithm>

#include "engine/emitter.h"

namespace vnode {
namespace {

/// One step of SplitMix64.
std::uint64_t stirred(std::uint64_t bits) {
  bits += 0x9E3779B97F4A7C15;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  return bits ^ (bits >> 31);
}

/// Never 0.
std::uint64_t key_of(const RecordedSuspension& suspension) {
  std::uint64_t key = place_hash(suspension.place);
  key = stirred(key + static_cast<std::uint64_t>(suspension.what));
  key = stirred(key + suspension.firing);
  return key == 0 ? 1 : key;
}

}  // namespace

std::uint64_t place_hash(const RecordedPlace& place) {
  std::uint64_t hash = 0;
  for (const LevelPath* level = place.path; level; level = level->outer) {
    hash = stirred(stirred(hash ^ level->group.hash()) + level->execution);
    if (level->iteration) hash = stirred(hash + static_cast<std::uint64_t>(*level->iteration) + 1);
  }
  if (place.node) hash = stirred(hash ^ place.node->hash());
  return stirred(hash + place.execution);
}

ResumeOrder::Entry ResumeOrder::add(const RecordedSuspension& suspension) {
  Place& place = places_.emplace_back();
  place.turns = suspension.turns;
  if (suspension.execution == 0) place.key = key_of(suspension);
  return static_cast<Entry>(places_.size());
}

ResumeOrder::Entry ResumeOrder::add_step(std::uint32_t turns) {
  places_.push_back({.turns = turns});
  return static_cast<Entry>(places_.size());
}

void ResumeOrder::close() {
  for (Entry entry = 1; entry <= places_.size(); ++entry) {
    if (places_[entry - 1].key != 0) by_key_.push_back(entry);
  }
  std::stable_sort(by_key_.begin(), by_key_.end(),
                   [this](Entry a, Entry b) { return places_[a - 1].key < places_[b - 1].key; });
}

ResumeOrder::Entry ResumeOrder::find(const RecordedSuspension& suspension) {
  const std::uint64_t key = key_of(suspension);
  auto found = std::lower_bound(by_key_.begin(), by_key_.end(), key,
                                [this](Entry entry, std::uint64_t k) { return places_[entry - 1].key < k; });
  for (; found != by_key_.end() && places_[*found - 1].key == key; ++found) {
    Place& place = places_[*found - 1];
    if (place.is_asked_for || place.is_passed) continue;
    place.is_asked_for = true;
    return *found;
  }
  return 0;
}

bool ResumeOrder::has(const RecordedSuspension& suspension) const {
  const std::uint64_t key = key_of(suspension);
  auto found = std::lower_bound(by_key_.begin(), by_key_.end(), key,
                                [this](Entry entry, std::uint64_t k) { return places_[entry - 1].key < k; });
  for (; found != by_key_.end() && places_[*found - 1].key == key; ++found) {
    const Place& place = places_[*found - 1];
    if (!place.is_asked_for && !place.is_passed) return true;
  }
  return false;
}

void ResumeOrder::pass(Entry entry) {
  if (entry != 0) places_[entry - 1].is_passed = true;
}

void ResumeOrder::rearrange(const std::vector<Entry>& entries) {
  std::deque<Place> places;
  for (const Entry entry : entries) places.push_back(places_[entry - 1]);
  places_ = std::move(places);
}

ResumeOrder::Entry ResumeOrder::first() {
  while (first_ <= places_.size() && places_[first_ - 1].is_passed) ++first_;
  return first_ <= places_.size() ? first_ : 0;
}

}  // namespace vnode
