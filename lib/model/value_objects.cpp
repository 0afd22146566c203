#include "model/value_objects.h"

#include <vector>

#include "model/foreign_object.h"

namespace vnode {

bool has_foreign_object(const Value& value) {
  std::vector<const Value*> left{&value};
  while (!left.empty()) {
    const Value& next = *left.back();
    left.pop_back();
    if (next.is_object()) return true;
    if (next.is_list()) {
      for (const Value& item : next.as_list()) left.push_back(&item);
    } else if (next.is_dict()) {
      for (const DictEntry& entry : next.as_entries()) {
        left.push_back(&entry.key);
        left.push_back(&entry.value);
      }
    }
  }
  return false;
}

void for_each_opaque_object(const Value& value, const std::function<void(const ForeignObject&)>& visit) {
  std::vector<const Value*> left{&value};
  while (!left.empty()) {
    const Value& next = *left.back();
    left.pop_back();
    if (next.is_object() && !next.as_object().is_data()) visit(next.as_object());
    if (next.is_list()) {
      for (const Value& item : next.as_list()) left.push_back(&item);
    } else if (next.is_dict()) {
      for (const DictEntry& entry : next.as_entries()) {
        left.push_back(&entry.key);
        left.push_back(&entry.value);
      }
    }
  }
}

bool has_opaque_object(const Value& value) {
  bool has_one = false;
  for_each_opaque_object(value, [&has_one](const ForeignObject&) { has_one = true; });
  return has_one;
}

}  // namespace vnode
