#include "python/values/forms.h"

#include <algorithm>
#include <vector>

namespace vnode {
namespace {

bool begins_form(std::span<const DictEntry> entries) {
  return !entries.empty() && entries[0].key.is_text() && entries[0].key.as_text().starts_with('$');
}

}  // namespace

Form form_of(const Value& raw) {
  if (!raw.is_dict()) return {};
  const auto entries = raw.as_entries();
  if (!begins_form(entries)) return {};
  // The tag of a dict that mixes a form with other keys is none that anybody knows.
  return {entries.size() == 1 ? entries[0].key.as_text() : "$", &entries[0].value};
}

bool has_form(const Value& value) {
  std::vector<const Value*> pending;
  const auto look_at = [&pending](const Value& member) {
    if (member.is_list() || member.is_dict()) pending.push_back(&member);
  };
  look_at(value);
  while (!pending.empty()) {
    const Value& container = *pending.back();
    pending.pop_back();
    if (container.is_list()) {
      for (const Value& item : container.as_list()) look_at(item);
      continue;
    }
    if (begins_form(container.as_entries())) return true;
    for (const DictEntry& entry : container.as_entries()) look_at(entry.value);
  }
  return false;
}

bool needs_pairs(std::span<const DictEntry> entries) {
  return std::any_of(entries.begin(), entries.end(), [](const DictEntry& entry) {
    return !entry.key.is_text() || entry.key.as_text().starts_with('$');
  });
}

}  // namespace vnode
