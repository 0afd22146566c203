#include "model/value_builder.h"

#include <cstdint>
#include <cstring>

namespace vnode {
namespace {

/// Cheap and good enough to tell keys apart: the length, the first eight bytes and the last eight.
std::size_t mix_ends(std::string_view word) {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (word.size() >= 8) {
    std::memcpy(&first, word.data(), 8);
    std::memcpy(&last, word.data() + word.size() - 8, 8);
  } else {
    for (char c : word) first = first << 8 | static_cast<unsigned char>(c);
  }
  const std::uint64_t mixed = (first ^ (last << 1) ^ word.size()) * 0x9E3779B97F4A7C15u;
  return static_cast<std::size_t>(mixed >> 40);
}

}  // namespace

Value WordCache::share(std::string_view word) {
  if (word.size() > kLongest) return Value(word);
  Value& slot = words_[mix_ends(word) % kSlots];
  if (!slot.is_text() || slot.as_text() != word) slot = Value(word);
  return slot;
}

bool ValueBuilder::on_scalar(Value value) {
  items_.push_back(std::move(value));
  return true;
}

bool ValueBuilder::on_object_start() {
  starts_.push_back(items_.size());
  return true;
}

bool ValueBuilder::on_key(std::string_view key) {
  items_.push_back(keys_.share(key));
  return true;
}

bool ValueBuilder::on_object_end() {
  const std::size_t start = starts_.back();
  Dict dict;
  if (items_.size() > start) dict.reserve((items_.size() - start) / 2);
  for (std::size_t i = start; i + 1 < items_.size(); i += 2)
    dict.set(std::move(items_[i]), std::move(items_[i + 1]));
  replace_items(start, Value(std::move(dict)));
  return true;
}

bool ValueBuilder::on_array_start() { return on_object_start(); }

bool ValueBuilder::on_array_end() {
  const std::size_t start = starts_.back();
  replace_items(start, Value::list(std::span<const Value>(items_).subspan(start)));
  return true;
}

Value ValueBuilder::take() {
  Value value = std::move(items_.back());
  items_.clear();
  return value;
}

void ValueBuilder::replace_items(std::size_t start, Value container) {
  starts_.pop_back();
  items_.resize(start);
  items_.push_back(std::move(container));
}

}  // namespace vnode
