#include "python/values/content_parts.h"

#include "python/values/data_object.h"

namespace vnode {
namespace {

/// Goes through a content in the order of its text, without recursion.
class PartFinder {
 public:
  explicit PartFinder(std::span<const std::uint32_t> gaps) : gaps_(gaps) {}

  ContentParts find(const Value& content) {
    look_at(content);
    while (!opened_.empty()) {
      Opened& top = opened_.back();
      if (top.next == top.size) {
        found_.close(top.part);
        opened_.pop_back();
      } else if (top.entries) {
        const DictEntry& entry = top.entries[top.next++];
        look_at(entry.key);
        look_at(entry.value);
      } else {
        look_at_items(top);
      }
    }
    if (!found_.parts.empty()) found_.parts[0].value = nullptr;
    return std::move(found_);
  }

 private:
  struct Opened {
    const Value* items;
    const DictEntry* entries;
    std::size_t size;
    std::size_t next;
    std::uint32_t part;
  };

  /// Up to the next container.
  void look_at_items(Opened& list) {
    const std::size_t depth = opened_.size();
    while (list.next < list.size) {
      look_at(list.items[list.next++]);
      if (opened_.size() != depth) return;  // and `list` may be invalid
    }
  }

  void look_at(const Value& value) {
    if (value.is_list()) {
      const auto items = value.as_list();
      found_.bytes += items.size() * sizeof(Value);
      opened_.push_back({items.data(), nullptr, items.size(), 0, open(value)});
    } else if (value.is_dict()) {
      const auto entries = value.as_entries();
      found_.bytes += entries.size() * (sizeof(DictEntry) + 2 * sizeof(std::uint64_t));
      opened_.push_back({nullptr, entries.data(), entries.size(), 0, open(value)});
    } else if (value.is_text()) {
      found_.bytes += value.as_text().size();
    } else if (value.is_object()) {
      look_at_object(value.as_object());
    }
  }

  void look_at_object(const ForeignObject& object) {
    found_.bytes += object.repr().size();
    const auto* data = dynamic_cast<const DataObject*>(&object);
    if (!data) return;
    found_.bytes += data->size();
  }

  std::uint32_t open(const Value& value) {
    skip_gaps();
    return found_.open(&value);
  }

  void skip_gaps() {
    while (!gaps_.empty() && gaps_.front() == found_.parts.size()) {
      found_.skip(1);
      gaps_ = gaps_.subspan(1);
    }
  }

  std::span<const std::uint32_t> gaps_;
  std::vector<Opened> opened_;
  ContentParts found_;
};

}  // namespace

std::uint32_t ContentParts::open(const Value* value) {
  parts.push_back({value, 0});
  return static_cast<std::uint32_t>(parts.size() - 1);
}

void ContentParts::skip(std::uint32_t count) {
  for (; count > 0; --count) parts.push_back({nullptr, static_cast<std::uint32_t>(parts.size() + 1)});
}

ContentParts find_parts(const Value& content, std::span<const std::uint32_t> gaps) {
  return PartFinder(gaps).find(content);
}

}  // namespace vnode
