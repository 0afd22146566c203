#include "model/workflow.h"

namespace vnode {

std::string node_label(const NodeInstance& node) {
  return node.node_id + " (" + node.instance_id.text() + ")";
}

}  // namespace vnode
