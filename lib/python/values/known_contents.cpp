#include "python/values/known_contents.h"

#include <algorithm>
#include <utility>

#include "python/values/unused_contents.h"

namespace vnode {
namespace {

constexpr std::size_t kMinNewParts = 256;
constexpr std::size_t kMinNewBytes = std::size_t{64} << 20;
/// What a part costs here, besides its content.
constexpr std::size_t kPartBytes = 64;

std::size_t count_parts(const ContentParts& parts) { return std::max<std::size_t>(1, parts.parts.size()); }

std::size_t count_bytes(const ContentParts& parts) { return parts.bytes + count_parts(parts) * kPartBytes; }

}  // namespace

const ContentPlace* KnownContents::find(const Value& value) const {
  const auto found = places_.find(ContentKey::of(value));
  return found == places_.end() ? nullptr : &found->second;
}

void KnownContents::add_own(std::int64_t number, const Value& value, ContentParts parts) {
  replace(number, contents_[number], value, std::move(parts));
}

void KnownContents::add_received(std::int64_t number, const Value& value, ContentParts parts) {
  resting_.erase(number);
  KnownContent& content = contents_[number];
  ++content.received;
  if (content.received == 1) return replace(number, content, value, std::move(parts));
  leave(number, content);
  // What nobody else holds any more cannot come back.
  std::erase_if(content.older, [](const Value& older) { return older.use_count() <= 1; });
  if (content.root.use_count() > 1) content.older.push_back(content.root);
  replace(number, content, value, std::move(parts));
}

const Value* KnownContents::receive_again(std::int64_t number, std::uint32_t part) {
  auto found = contents_.find(number);
  if (found == contents_.end()) {
    auto resting = resting_.extract(number);
    if (resting.empty()) return nullptr;
    found = contents_.insert(std::move(resting)).position;
    found->second.received = 0;
    count(found->second.parts);
    enter(number, found->second);
  }
  KnownContent& content = found->second;
  ++content.received;
  if (part == 0) return &content.root;
  return part < content.parts.parts.size() ? content.parts.parts[part].value : nullptr;
}

void KnownContents::take_unused(FreeList& freed) {
  if (!is_due()) return;
  resting_.clear();
  for (const std::int64_t number : find_unused(contents_, places_)) {
    const auto found = contents_.find(number);
    leave(number, found->second);
    freed.emplace_back(number, found->second.received);
    auto node = contents_.extract(found);
    node.mapped().older.clear();
    if (number > 0) resting_.insert(std::move(node));
  }
  new_parts_ = new_bytes_ = old_parts_ = old_bytes_ = 0;
  for (auto& [number, content] : contents_) {
    old_parts_ += count_parts(content.parts);
    old_bytes_ += count_bytes(content.parts);
  }
}

bool KnownContents::is_due() const {
  return new_parts_ >= std::max(kMinNewParts, old_parts_) || new_bytes_ >= std::max(kMinNewBytes, old_bytes_);
}

void KnownContents::replace(std::int64_t number, KnownContent& content, const Value& value,
                            ContentParts parts) {
  if (parts.parts.size() == 1) parts.parts = {};
  count(parts);
  content.root = value;
  content.parts = std::move(parts);
  enter(number, content);
}

void KnownContents::count(const ContentParts& parts) {
  new_parts_ += count_parts(parts);
  new_bytes_ += count_bytes(parts);
}

/// What is known already keeps its place.
void KnownContents::enter(std::int64_t number, const KnownContent& content) {
  places_.insert_or_assign(ContentKey::of(content.root), ContentPlace{number, 0});
  for (const Value& older : content.older)
    places_.insert_or_assign(ContentKey::of(older), ContentPlace{number, 0});
  // Many at once; for a few, the map grows by itself, which is cheaper on the whole.
  if (content.parts.parts.size() > places_.size()) places_.reserve(2 * content.parts.parts.size());
  std::uint32_t part = 0;
  for (const Part& inner : content.parts.parts) {
    if (inner.value) places_.try_emplace(ContentKey::of(*inner.value), ContentPlace{number, part});
    ++part;
  }
}

void KnownContents::leave(std::int64_t number, const KnownContent& content) {
  leave(number, content.root);
  for (const Value& older : content.older) leave(number, older);
  for (const Part& inner : content.parts.parts) {
    if (inner.value) leave(number, *inner.value);
  }
}

void KnownContents::leave(std::int64_t number, const Value& value) {
  const auto found = places_.find(ContentKey::of(value));
  if (found != places_.end() && found->second.number == number) places_.erase(found);
}

}  // namespace vnode
