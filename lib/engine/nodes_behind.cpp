#include "engine/nodes_behind.h"

namespace vnode {

std::vector<bool> nodes_behind(const Graph& graph, std::span<const NodeIndex> nodes) {
  std::vector<bool> is_behind(graph.node_count(), false);
  std::vector<NodeIndex> work(nodes.begin(), nodes.end());
  while (!work.empty()) {
    const NodeIndex node = work.back();
    work.pop_back();
    for (const std::span<const WireIndex> wires : {graph.data_out(node), graph.exec_out(node)}) {
      for (const WireIndex wire : wires) {
        const NodeIndex target = graph.to(wire);
        if (!is_behind[target]) work.push_back(target);
        is_behind[target] = true;
      }
    }
  }
  return is_behind;
}

}  // namespace vnode
