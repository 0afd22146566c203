#include "model/workflow.h"

namespace vnode {

std::string_view node_name(const NodeInstance& node) {
  const Value* name = node.parameters.find(kNodeNameParameter);
  return name && name->is_text() ? name->as_text() : std::string_view();
}

std::string node_label(const NodeInstance& node) {
  const std::string_view name = node_name(node);
  return name.empty() ? node.node_id + " (" + node.instance_id.text() + ")" : std::string(name);
}

}  // namespace vnode
