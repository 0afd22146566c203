#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/problem.h"
#include "model/workflow.h"
#include "registry/registry.h"

namespace vnode {

/// A port of an instance, as people name it on a command line.
struct NodeAddress {
  std::size_t node = 0;  ///< index into Workflow::nodes
  std::string port;
};

/// Parameters that give an instance that name; none for an empty one.
Dict with_node_name(std::string_view name);

/// An id that is shown shortened can be given back so: from so many characters on its beginning will do.
inline constexpr std::size_t kShortestIdBeginning = 4;

/// For each node as much of its instance id as no other has: eight characters at least.
std::vector<std::string> short_ids(const Workflow& workflow);
/// For each node what people can write for it: its name or its node id where only that node is called so,
/// else its short id.
std::vector<std::string> node_words(const Workflow& workflow);

/// Resolves NODE.PORT, where NODE is an instance id, a name (`node_name`), a node id that occurs once, or the
/// beginning of an instance id that only one has; of several readings the one with the longest NODE counts,
/// since ports may contain dots. Does not look whether the port exists. Otherwise nullopt and a problem:
/// unknown_node, ambiguous_node, unknown_port.
std::optional<NodeAddress> resolve_address(const Workflow& workflow, std::string_view text,
                                           Problems& problems);

/// The same where node and port are given apart.
std::optional<NodeAddress> resolve_address(const Workflow& workflow, std::string_view node,
                                           std::string_view port, Problems& problems);

/// NODE, or NODE.PORT where the whole is no node; then with an empty port. The same problems.
std::optional<NodeAddress> resolve_target(const Workflow& workflow, std::string_view text,
                                          Problems& problems);

/// All ports of an instance, those that its saved parameters ask for included. nullopt when its type is
/// unknown, or when the saved parameters do not give ports: such a workflow is refused elsewhere.
struct InstancePorts {
  std::vector<Port> inputs;
  std::vector<Port> outputs;
};
std::optional<InstancePorts> instance_ports(const NodeInstance& node, const Registry& registry);

}  // namespace vnode
