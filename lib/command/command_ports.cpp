#include "command/command_ports.h"

#include <algorithm>
#include <array>

namespace vnode {
namespace {

struct StandardPort {
  std::string_view name;
  std::string_view type;
};
constexpr std::array<StandardPort, 2> kExecOutputs{{{kExecOut, "exec"}, {kExecFail, "exec"}}};
constexpr std::array<StandardPort, 5> kDataOutputs{
    {{kStdout, "string"}, {kStderr, "string"}, {kExitCode, "int"}, {kSuccess, "bool"}, {kDuration, "float"}}};

Port made_port(const StandardPort& port) {
  return {.name = std::string(port.name),
          .type = std::string(port.type),
          .default_value = with_type_default(port.type, Value())};
}

bool has_port(const std::vector<Port>& ports, std::string_view name) {
  return std::any_of(ports.begin(), ports.end(), [name](const Port& port) { return port.name == name; });
}

}  // namespace

bool is_command_output(std::string_view port) {
  const auto is_it = [port](const StandardPort& output) { return output.name == port; };
  return std::any_of(kExecOutputs.begin(), kExecOutputs.end(), is_it) ||
         std::any_of(kDataOutputs.begin(), kDataOutputs.end(), is_it);
}

void add_command_outputs(std::vector<Port>& outputs) {
  auto place = outputs.begin();
  for (const StandardPort& output : kExecOutputs) {
    auto port = std::find_if(outputs.begin(), outputs.end(),
                             [&output](const Port& known) { return known.name == output.name; });
    if (port == outputs.end()) {
      port = outputs.insert(place, made_port(output));
    }
    place = port + 1;
  }
  for (const StandardPort& output : kDataOutputs) {
    if (has_port(outputs, output.name)) continue;
    outputs.push_back(made_port(output));
  }
}

}  // namespace vnode
