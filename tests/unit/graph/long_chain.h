#pragma once

#include <string>
#include <utility>

#include "support/workflow_builder.h"

namespace vnode::test {

// Under sanitizers a tenth must do.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::size_t kManyNodes = 100'000;
#else
inline constexpr std::size_t kManyNodes = 1'000'000;
#endif

inline Connection wire(std::size_t from, std::size_t to, bool is_exec = false) {
  Connection connection;
  connection.from_node = numbered_id(from);
  connection.to_node = numbered_id(to);
  connection.from_port = "out";
  connection.to_port = "in";
  connection.is_exec = is_exec;
  return connection;
}

inline NodeInstance numbered_node(std::size_t number) {
  NodeInstance node;
  node.instance_id = numbered_id(number);
  node.node_id = "step";
  return node;
}

/// Nodes 1, 2, 3 ... of which each is wired to the next.
inline Workflow long_chain(std::size_t size, bool is_exec = false) {
  Workflow workflow;
  for (std::size_t i = 1; i <= size; ++i) {
    workflow.nodes.push_back(numbered_node(i));
    if (i > 1) workflow.connections.push_back(wire(i - 1, i, is_exec));
  }
  return workflow;
}

}  // namespace vnode::test
