#include "python/values/unused_contents.h"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <unordered_set>

namespace vnode {
namespace {

/// One reference that the table knows of: from a content's entry, or from what a content holds.
struct Reference {
  ContentKey key;
  const Value* value;
};

/// Which contents somebody else holds: those with more references than the table knows of.
class HeldContents {
 public:
  explicit HeldContents(const KnownContentMap& contents) {
    std::vector<Reference> references = collect(contents);
    std::sort(references.begin(), references.end(), [](const Reference& a, const Reference& b) {
      return a.key.address != b.key.address ? a.key.address < b.key.address : a.key.size < b.key.size;
    });
    for (auto first = references.begin(); first != references.end();) {
      const auto end = std::find_if(first, references.end(), [first](const Reference& reference) {
        return reference.key.address != first->key.address;
      });
      // Of lists that share one storage, it cannot be told which are held. It is where lists grow, and the
      // longest is what they have grown to.
      if (first->value->use_count() > end - first) {
        held_.emplace(first->key.address, std::prev(end)->key.size);
      }
      first = end;
    }
  }

  bool contains(const Value& value) const {
    const ContentKey key = ContentKey::of(value);
    const auto found = held_.find(key.address);
    return found != held_.end() && found->second == key.size;
  }

 private:
  /// A content may be inside of several others: what it holds counts once.
  static std::vector<Reference> collect(const KnownContentMap& contents) {
    std::vector<const Value*> inner;
    for (const auto& [number, content] : contents) {
      for (const Part& part : content.parts.parts) {
        if (part.value) inner.push_back(part.value);
      }
    }
    std::sort(inner.begin(), inner.end());
    inner.erase(std::unique(inner.begin(), inner.end()), inner.end());
    std::vector<Reference> references;
    references.reserve(inner.size() + contents.size());
    const auto add = [&references](const Value& value) {
      references.push_back({ContentKey::of(value), &value});
    };
    for (const Value* value : inner) add(*value);
    for (const auto& [number, content] : contents) {
      add(content.root);
      for (const Value& older : content.older) add(older);
    }
    return references;
  }

  std::unordered_map<const void*, std::size_t> held_;
};

/// The numbers where contents have their places that are held or inside of what is held.
class Reach {
 public:
  Reach(const HeldContents& held, const ContentPlaceMap& places) : held_(held), places_(places) {}

  void look_at(std::int64_t number, const KnownContent& content) {
    if (!content.older.empty()) numbers_.insert(number);  // only those that are held are left
    const std::span<const Part> parts = content.parts.parts;
    const bool root_is_held = held_.contains(content.root);
    if (root_is_held) numbers_.insert(number);
    for (std::size_t part = 1; part < parts.size();) {
      const bool is_held = root_is_held || (parts[part].value && held_.contains(*parts[part].value));
      if (!is_held) {
        ++part;
        continue;
      }
      const std::size_t end = root_is_held ? parts.size() : parts[part].end;
      for (; part < end; ++part) add(parts[part]);
    }
  }

  bool contains(std::int64_t number) const { return numbers_.contains(number); }

 private:
  void add(const Part& part) {
    if (!part.value) return;
    const auto place = places_.find(ContentKey::of(*part.value));
    if (place != places_.end()) numbers_.insert(place->second.number);
  }

  const HeldContents& held_;
  const ContentPlaceMap& places_;
  std::unordered_set<std::int64_t> numbers_;
};

void let_go_of_older(KnownContentMap& contents, const HeldContents& held, ContentPlaceMap& places) {
  for (auto& [number, content] : contents) {
    std::erase_if(content.older, [&, number = number](const Value& older) {
      if (held.contains(older)) return false;
      const auto place = places.find(ContentKey::of(older));
      if (place != places.end() && place->second.number == number) places.erase(place);
      return true;
    });
  }
}

}  // namespace

std::vector<std::int64_t> find_unused(KnownContentMap& contents, ContentPlaceMap& places) {
  const HeldContents held(contents);
  let_go_of_older(contents, held, places);
  Reach reach(held, places);
  for (const auto& [number, content] : contents) reach.look_at(number, content);
  std::vector<std::int64_t> unused;
  for (const auto& [number, content] : contents) {
    if (!reach.contains(number)) unused.push_back(number);
  }
  return unused;
}

}  // namespace vnode
