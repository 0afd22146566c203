#include "yaml/yaml_ports.h"

#include <string>

namespace vnode {

bool is_text_port(const Port& port) {
  return port.type == "string" || port.type == "text" || port.names_file();
}

const Port* only_exec_port(const std::vector<Port>& ports, std::string_view usual) {
  const Port* only = nullptr;
  std::size_t count = 0;
  for (const Port& port : ports) {
    if (!port.is_exec()) continue;
    if (port.name == usual) return &port;
    only = &port;
    ++count;
  }
  return count == 1 ? only : nullptr;
}

bool code_may_have(const NodeDefinition& definition, std::string_view port) {
  const std::string& code = definition.python_code;
  if (code.empty()) return false;
  if (code.find("restore_from_parameters") != std::string::npos) return true;
  const std::string name(port);
  return code.find("\"" + name + "\"") != std::string::npos ||
         code.find("'" + name + "'") != std::string::npos;
}

}  // namespace vnode
