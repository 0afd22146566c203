#include "model/node_definition.h"

#include <algorithm>

namespace vnode {
namespace {

const Port* find_port(const std::vector<Port>& ports, std::string_view name) {
  auto found =
      std::find_if(ports.begin(), ports.end(), [name](const Port& port) { return port.name == name; });
  return found == ports.end() ? nullptr : &*found;
}

void add_exec_pin(std::vector<Port>& ports, std::string name) {
  if (find_port(ports, name)) return;
  ports.insert(ports.begin(), Port{.name = std::move(name), .type = "exec"});
}

}  // namespace

const Port* NodeDefinition::find_input(std::string_view port) const { return find_port(inputs, port); }
const Port* NodeDefinition::find_output(std::string_view port) const { return find_port(outputs, port); }

void normalise(NodeDefinition& definition) {
  if (definition.use_exec) {
    add_exec_pin(definition.inputs, "exec_in");
    add_exec_pin(definition.outputs, "exec_out");
  }
  for (auto* ports : {&definition.inputs, &definition.outputs}) {
    for (Port& port : *ports) port.default_value = with_type_default(port.type, port.default_value);
  }
}

}  // namespace vnode
