#include "model/value_objects.h"

#include <vector>

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

}  // namespace vnode
