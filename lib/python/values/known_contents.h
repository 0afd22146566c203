#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/value.h"
#include "python/values/content_parts.h"
#include "python/values/host_objects.h"

namespace vnode {

/// Contents by identity: the address, and the size for lists, which may share their storage.
struct ContentKey {
  const void* address;
  std::size_t size;

  static ContentKey of(const Value& value) {
    return {value.identity(), value.is_list() ? value.as_list().size() : 0};
  }
  bool operator==(const ContentKey&) const = default;
};

struct ContentKeyHash {
  std::size_t operator()(const ContentKey& key) const {
    return (reinterpret_cast<std::uintptr_t>(key.address) >> 4 ^ key.size) * 0x9E3779B97F4A7C15u;
  }
};

/// What has a number, or is a part of it.
struct ContentPlace {
  std::int64_t number = 0;
  std::uint32_t part = 0;
};

/// A content that both sides know under one number.
struct KnownContent {
  Value root;
  ContentParts parts;        ///< empty when there is nothing inside that could be referred to
  std::vector<Value> older;  ///< what the host's object was before it changed: the engine may hold that still
  std::uint64_t received = 0;
};

using KnownContentMap = std::unordered_map<std::int64_t, KnownContent>;
using ContentPlaceMap = std::unordered_map<ContentKey, ContentPlace, ContentKeyHash>;

/// The numbered contents of one host (`$n`, `$r`). Keeps them as long as somebody else holds them or anything
/// inside of them; as looking for those that nobody holds takes its time, it is done when as much has come as
/// was there after the last look. Thread rule: one thread at a time.
class KnownContents {
 public:
  /// Where the host has this content; null when it does not.
  const ContentPlace* find(const Value& value) const;

  /// Gives the engine's next number.
  std::int64_t next_number() { return --last_own_; }
  void add_own(std::int64_t number, const Value& value, ContentParts parts);

  /// What the host's object is now.
  void add_received(std::int64_t number, const Value& value, ContentParts parts);

  /// What the host refers to, counted as received; null when there is no such content or part.
  const Value* receive_again(std::int64_t number, std::uint32_t part);

  /// When it is time to look: adds the numbers of contents that nobody holds, and forgets them.
  void take_unused(FreeList& freed);

 private:
  bool is_due() const;
  void enter(std::int64_t number, const KnownContent& content);
  void leave(std::int64_t number, const KnownContent& content);
  void leave(std::int64_t number, const Value& value);
  void replace(std::int64_t number, KnownContent& content, const Value& value, ContentParts parts);
  void count(const ContentParts& parts);

  KnownContentMap contents_;
  ContentPlaceMap places_;
  /// Contents that were freed at the last look: the host may have referred to them before it came to know.
  KnownContentMap resting_;
  std::int64_t last_own_ = 0;
  std::size_t new_parts_ = 0;
  std::size_t new_bytes_ = 0;
  std::size_t old_parts_ = 0;  ///< after the last look, as is the next
  std::size_t old_bytes_ = 0;
};

}  // namespace vnode
