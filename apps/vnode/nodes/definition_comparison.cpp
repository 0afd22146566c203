#include "apps/vnode/nodes/definition_comparison.h"

#include <algorithm>

#include "apps/vnode/terminal/terminal_text.h"
#include "model/json_writer.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

const Port* find_port(const std::vector<Port>& ports, const std::string& name) {
  const auto found =
      std::find_if(ports.begin(), ports.end(), [&name](const Port& port) { return port.name == name; });
  return found == ports.end() ? nullptr : &*found;
}

Value options_value(const Port& port) {
  return Value::list(std::vector<Value>(port.options.begin(), port.options.end()));
}

void compare_side(const std::string& side, const std::vector<Port>& in_class,
                  const std::vector<Port>& in_file, std::vector<PortDifference>& differences) {
  for (const Port& port : in_class) {
    const Port* other = find_port(in_file, port.name);
    if (!other) {
      differences.push_back({side, port.name, "presence", Value(true), Value(false)});
      continue;
    }
    const auto compare = [&](const char* what, const Value& a, const Value& b) {
      if (!same(a, b)) differences.push_back({side, port.name, what, a, b});
    };
    compare("type", Value(port.type), Value(other->type));
    compare("default", port.default_value, other->default_value);
    compare("options", options_value(port), options_value(*other));
  }
  for (const Port& port : in_file) {
    if (!find_port(in_class, port.name)) {
      differences.push_back({side, port.name, "presence", Value(false), Value(true)});
    }
  }
}

std::string shown_value(const Value& value) {
  std::string out;
  append_json(out, value);
  return harmless_line(out);
}

}  // namespace

std::vector<PortDifference> compare_ports(const DefinitionCheck& check) {
  std::vector<PortDifference> differences;
  const NodeDefinition& definition = check.type->definition;
  compare_side("input", check.inputs, definition.inputs, differences);
  compare_side("output", check.outputs, definition.outputs, differences);
  return differences;
}

std::string difference_text(const PortDifference& difference) {
  const std::string port = difference.side + " '" + harmless_line(difference.port) + "'";
  if (difference.what == "presence") {
    return port + (difference.in_class.as_bool() ? " is only in the class" : " is only in the file");
  }
  return port + ": " + difference.what + " " + shown_value(difference.in_class) + " in the class, " +
         shown_value(difference.in_file) + " in the file";
}

Value difference_value(const PortDifference& difference) {
  return Value(Dict{{"side", Value(difference.side)},
                    {"port", Value(difference.port)},
                    {"what", Value(difference.what)},
                    {"class", difference.in_class},
                    {"file", difference.in_file}});
}

}  // namespace vnode
