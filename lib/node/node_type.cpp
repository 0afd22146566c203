#include "node/node_type.h"

#include <algorithm>

namespace vnode {
namespace {

void add_port(std::vector<Port>& ports, Port port) {
  if (std::any_of(ports.begin(), ports.end(), [&port](const Port& p) { return p.name == port.name; })) return;
  port.default_value = with_type_default(port.type, port.default_value);
  ports.push_back(std::move(port));
}

}  // namespace

void PortSet::add_input(Port port) { add_port(inputs, std::move(port)); }
void PortSet::add_output(Port port) { add_port(outputs, std::move(port)); }

bool NodeType::watches_port(std::string_view port) const {
  return std::find(watches.begin(), watches.end(), port) != watches.end();
}

void NodeLibrary::add(NodeType type) {
  normalise(type.definition);
  if (type.origin.empty()) type.origin = "native";
  types_.push_back(std::make_shared<const NodeType>(std::move(type)));
}

}  // namespace vnode
