#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/value.h"
#include "model/value_ops.h"

/// Only for value.cpp and dict.cpp.
namespace vnode::detail {

/// Entries in insertion order; from `kIndexFrom` entries on, an open-addressing index over them.
struct DictRep : ContainerRep {
  static constexpr std::size_t kIndexFrom = 9;
  static constexpr std::uint32_t kAbsent = 0xFFFFFFFF;

  struct Slot {
    std::uint32_t hash = 0;  ///< spares most comparisons of keys, and hashing again when the index grows
    std::uint32_t entry = kAbsent;
  };

  std::vector<DictEntry> entries;
  std::vector<Slot> index;  ///< size: a power of two, at least 2 x entries; empty for small dicts

  DictRep() : ContainerRep(Kind::kDict) {}
  DictRep(const DictRep& other) : ContainerRep(Kind::kDict), entries(other.entries), index(other.index) {}

  static bool matches(const Value& stored, std::string_view key) {
    if (!stored.is_text()) return false;
    const std::string_view text = stored.as_text();
    if (text.size() != key.size()) return false;
    // Names of ports often differ at the end ("step_1", "step_2"): that spares the call.
    return key.empty() || (text.back() == key.back() && text == key);
  }
  static bool matches(const Value& stored, const Value& key) {
    return key.is_text() ? matches(stored, key.as_text()) : equal(stored, key);
  }
  static std::uint32_t hash_of(std::string_view key) { return static_cast<std::uint32_t>(hash_text(key)); }
  static std::uint32_t hash_of(const Value& key) { return static_cast<std::uint32_t>(hash_value(key)); }

  /// The slot of `key`, or the free slot where it belongs. Requires an index.
  template <class Key>
  std::size_t slot_of(std::uint32_t hash, const Key& key) const {
    const std::size_t mask = index.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      const Slot& slot = index[at];
      if (slot.entry == kAbsent || (slot.hash == hash && matches(entries[slot.entry].key, key))) return at;
    }
  }

  /// The number of the entry with this key, or kAbsent.
  template <class Key>
  std::uint32_t find(const Key& key) const {
    if (!index.empty()) return index[slot_of(hash_of(key), key)].entry;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (matches(entries[i].key, key)) return static_cast<std::uint32_t>(i);
    }
    return kAbsent;
  }

  void rebuild_index(std::size_t expected);
  void set(Value key, Value value);
};

}  // namespace vnode::detail
