#include <algorithm>
#include <new>

#include "model/dict_rep.h"
#include "model/value.h"

namespace vnode {
namespace detail {

void DictRep::rebuild_index(std::size_t expected) {
  index.clear();
  if (expected < kIndexFrom) return;
  std::size_t size = 16;
  while (size < expected * 2) size *= 2;
  index.resize(size);
  const std::size_t mask = size - 1;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    const std::uint32_t hash = hash_of(entries[i].key);
    std::size_t at = hash & mask;  // the keys differ: no need to compare them
    while (index[at].entry != kAbsent) at = (at + 1) & mask;
    index[at] = {hash, i};
  }
}

void DictRep::set(Value key, Value value) {
  std::size_t slot = 0;
  std::uint32_t hash = 0;
  std::uint32_t entry = kAbsent;
  if (index.empty()) {
    entry = find(key);
  } else {
    hash = hash_of(key);
    slot = slot_of(hash, key);
    entry = index[slot].entry;
  }
  if (entry != kAbsent) {
    entries[entry].value = std::move(value);
    return;
  }
  const std::size_t size = entries.size() + 1;
  if (size >= kAbsent) throw std::bad_alloc();
  entries.push_back({std::move(key), std::move(value)});
  if (index.empty() ? size >= kIndexFrom : size * 2 > index.size()) {
    rebuild_index(size * 2);
  } else if (!index.empty()) {
    index[slot] = {hash, static_cast<std::uint32_t>(size - 1)};
  }
}

}  // namespace detail

using detail::DictRep;

Dict::Dict(std::initializer_list<std::pair<std::string_view, Value>> entries) {
  reserve(entries.size());
  for (const auto& [key, value] : entries) set(key, value);
}

Dict::Dict(const Dict& other) noexcept : rep_(other.rep_) {
  if (rep_) rep_->refs.fetch_add(1, std::memory_order_relaxed);
}

Dict::~Dict() {
  if (!rep_) return;
  Value owner(std::move(*this));  // a Value knows how to take a deep one apart
}

std::size_t Dict::size() const { return rep_ ? rep_->entries.size() : 0; }

std::span<const Dict::Entry> Dict::entries() const {
  return rep_ ? std::span<const Entry>(rep_->entries) : std::span<const Entry>();
}

const Value* Dict::find(std::string_view key) const {
  const std::uint32_t entry = rep_ ? rep_->find(key) : DictRep::kAbsent;
  return entry == DictRep::kAbsent ? nullptr : &rep_->entries[entry].value;
}

const Dict::Entry* Dict::find_entry(const Value& key) const {
  const std::uint32_t entry = rep_ ? rep_->find(key) : DictRep::kAbsent;
  return entry == DictRep::kAbsent ? nullptr : &rep_->entries[entry];
}

void Dict::set(Value key, Value value) { writable().set(std::move(key), std::move(value)); }

void Dict::erase(std::string_view key) {
  const std::uint32_t entry = rep_ ? rep_->find(key) : DictRep::kAbsent;
  if (entry == DictRep::kAbsent) return;
  DictRep& rep = writable();
  rep.entries.erase(rep.entries.begin() + entry);
  rep.rebuild_index(rep.entries.size());
}

void Dict::reserve(std::size_t size) {
  DictRep& rep = writable();
  if (size <= rep.entries.capacity()) return;
  rep.entries.reserve(size);
  rep.rebuild_index(size);
}

DictRep& Dict::writable() {
  if (!rep_) {
    rep_ = new DictRep;
  } else if (rep_->refs.load(std::memory_order_acquire) != 1) {
    auto* copy = new DictRep(*rep_);
    const Dict old(std::move(*this));
    rep_ = copy;
  }
  return *rep_;
}

bool is_hashable(const Value& value) { return !value.is_list() && !value.is_dict(); }

}  // namespace vnode
