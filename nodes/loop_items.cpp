#include "nodes/loop_items.h"

#include <string>

#include "model/value_ops.h"

namespace vnode {

Value loop_items(NodeContext& node, const Value& collection) {
  if (!truthy(collection)) {
    node.log_info("Nothing to loop over");
    return Value::empty_list();
  }
  const Result<Value> items = iterate(collection);
  if (items) return *items;
  node.log_error("Cannot loop over a value of type " + std::string(type_name(collection)));
  return Value::empty_list();
}

}  // namespace vnode
