#include "apps/vnode/nodes/node_look.h"

#include <optional>
#include <utility>

#include "engine/node_address.h"

namespace vnode {
namespace {

std::string title_of(const NodeInstance& node, const NodeType* type) {
  if (const std::string_view name = node_name(node); !name.empty()) return std::string(name);
  return type && !type->definition.name.empty() ? type->definition.name : node.node_id;
}

NodeLook look_of(const NodeInstance& node, const Registry& registry) {
  const NodeTypePtr type = registry.find(node.node_id);
  NodeLook look{.title = title_of(node, type.get()), .is_known = type != nullptr};
  if (!type) return look;
  look.category = type->definition.category;
  std::optional<InstancePorts> ports = instance_ports(node, registry);
  look.inputs = ports ? std::move(ports->inputs) : type->definition.inputs;
  look.outputs = ports ? std::move(ports->outputs) : type->definition.outputs;
  return look;
}

}  // namespace

LookOf look_from(const Registry& registry) {
  return [&registry](const NodeInstance& node) { return look_of(node, registry); };
}

}  // namespace vnode
