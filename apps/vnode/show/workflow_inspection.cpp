#include "apps/vnode/show/workflow_inspection.h"

#include <algorithm>
#include <functional>

#include "apps/vnode/terminal/terminal_text.h"
#include "apps/vnode/terminal/text_table.h"
#include "engine/node_address.h"
#include "model/json_writer.h"
#include "model/members.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

/// One end of a wire, seen from the other one.
struct End {
  NodeIndex node = 0;
  std::string port;
};

struct SeenPort {
  std::string name;
  std::string type;
  bool is_exec = false;
  bool is_declared = true;  ///< by the type; else a saved parameter without a port
  Value default_value = {};
  Value value = {};            ///< that it has now, of an input
  std::string parameter = {};  ///< of the workflow: the text that is filled in
  std::vector<End> wires = {};
  std::vector<std::string> options = {};
};

struct SeenNode {
  std::vector<SeenPort> inputs;
  std::vector<SeenPort> outputs;
  NodeTypePtr type;  ///< null: unknown
};

std::string present_json(const Value& value) {
  std::string text;
  append_json(text, value);
  return text;
}

/// Parameters that are no values of ports.
bool is_private(std::string_view key) {
  return key.starts_with("__") || key == "python_code" || key == "_injected_value";
}

class Inspector {
 public:
  explicit Inspector(const WorkflowInspection& inspection)
      : inspection_(inspection),
        words_(node_words(inspection.workflow)),
        ids_(short_ids(inspection.workflow)) {}

  SeenNode look(NodeIndex index) const {
    SeenNode seen{.inputs = {}, .outputs = {}, .type = inspection_.registry.find(node(index).node_id)};
    const std::optional<InstancePorts> ports = instance_ports(node(index), inspection_.registry);
    if (ports) {
      for (const Port& port : ports->inputs) seen.inputs.push_back(input(index, port));
      for (const Port& port : ports->outputs) seen.outputs.push_back(output(index, port));
    }
    add_undeclared(index, seen);
    add_wires(index, seen);
    return seen;
  }

  const NodeInstance& node(NodeIndex index) const { return inspection_.workflow.nodes[index]; }
  const std::string& word(NodeIndex index) const { return words_[index]; }
  const std::string& short_id(NodeIndex index) const { return ids_[index]; }
  std::string end_text(const End& end) const { return words_[end.node] + "." + end.port; }

 private:
  SeenPort input(NodeIndex index, const Port& port) const {
    const Value* saved = node(index).parameters.find(std::string_view(port.name));
    return {.name = port.name,
            .type = port.type,
            .is_exec = port.is_exec(),
            .default_value = port.default_value,
            .value = saved ? *saved : port.default_value,
            .parameter = parameter_text(index, port.name),
            .options = port.options};
  }

  static SeenPort output(NodeIndex, const Port& port) {
    return {.name = port.name, .type = port.type, .is_exec = port.is_exec()};
  }

  std::string parameter_text(NodeIndex index, const std::string& port) const {
    const Value* settings = node(index).parameters.find("__vnode__");
    const Value* declared = settings ? member(*settings, "parameters") : nullptr;
    const Value* here = declared ? member(*declared, port) : nullptr;
    if (!here) return {};
    const std::string text = text_member(*here, "text");
    return text.empty() ? "${" + text_member(*here, "name") + "}" : text;
  }

  /// Saved parameters that no port bears: node code can see them, so they can be set.
  void add_undeclared(NodeIndex index, SeenNode& seen) const {
    const auto has = [](const std::vector<SeenPort>& ports, std::string_view name) {
      return std::any_of(ports.begin(), ports.end(),
                         [name](const SeenPort& port) { return port.name == name; });
    };
    for (const Dict::Entry& entry : node(index).parameters) {
      if (!entry.key.is_text()) continue;
      const std::string_view name = entry.key.as_text();
      if (is_private(name) || has(seen.inputs, name) || has(seen.outputs, name)) continue;
      if (name == "exec_in" || name == "exec_out") continue;  // noise that editors save
      seen.inputs.push_back({.name = std::string(name),
                             .type = "any",
                             .is_declared = false,
                             .default_value = Value::unset(),
                             .value = entry.value,
                             .parameter = parameter_text(index, std::string(name))});
    }
  }

  void add_wires(NodeIndex index, SeenNode& seen) const {
    const Graph& graph = inspection_.graph;
    const auto& connections = inspection_.workflow.connections;
    for (const auto& wires : {graph.data_in(index), graph.exec_in(index)}) {
      for (const WireIndex wire : wires)
        port_of(seen.inputs, connections[wire].to_port, connections[wire].is_exec)
            .wires.push_back({graph.from(wire), connections[wire].from_port});
    }
    for (const auto& wires : {graph.data_out(index), graph.exec_out(index)}) {
      for (const WireIndex wire : wires)
        port_of(seen.outputs, connections[wire].from_port, connections[wire].is_exec)
            .wires.push_back({graph.to(wire), connections[wire].to_port});
    }
  }

  static SeenPort& port_of(std::vector<SeenPort>& ports, const std::string& name, bool is_exec) {
    for (SeenPort& port : ports) {
      if (port.name == name) return port;
    }
    ports.push_back({.name = name,
                     .type = is_exec ? "exec" : "any",
                     .is_exec = is_exec,
                     .is_declared = false,
                     .default_value = Value::unset()});
    return ports.back();
  }

  const WorkflowInspection& inspection_;
  std::vector<std::string> words_;
  std::vector<std::string> ids_;
};

constexpr std::size_t kMostOfAValue = 60;

std::string value_text(const Value& value) {
  return cut_to_width(harmless_line(present_json(value)), kMostOfAValue);
}

std::string wires_text(const Inspector& inspector, const SeenPort& port, std::string_view arrow) {
  constexpr std::size_t kMost = 6;
  std::string text(arrow);
  for (std::size_t i = 0; i < std::min(port.wires.size(), kMost); ++i)
    text += (i == 0 ? " " : ", ") + harmless_line(inspector.end_text(port.wires[i]));
  if (port.wires.size() > kMost) text += " and " + std::to_string(port.wires.size() - kMost) + " more";
  return text;
}

/// What an input has: what it takes from wires, or its value, with the default where that is another one.
std::string input_text(const Inspector& inspector, const SeenPort& port) {
  if (!port.wires.empty()) return wires_text(inspector, port, "<-");
  if (port.is_exec) return {};
  std::string text = value_text(port.value);
  if (!port.parameter.empty()) text += "  = " + harmless_line(port.parameter);
  if (!port.default_value.is_unset() && !same(port.value, port.default_value))
    text += "  (default " + value_text(port.default_value) + ")";
  if (!port.is_declared) text += "  (no port of the node)";
  std::string options;
  for (const std::string& option : port.options)
    options += (options.empty() ? "  one of " : ", ") + harmless_line(option);
  return text + options;
}

std::string parameters_text(const WorkflowParameters& parameters) {
  TextRows rows;
  for (const Parameter& parameter : parameters.declared()) {
    std::string what = parameter.must_be_given() ? "must be given"
                       : parameter.default_value.is_unset()
                           ? "no default"
                           : "default " + value_text(parameter.default_value);
    if (!parameter.minimum.is_unset()) what += ", from " + value_text(parameter.minimum);
    if (!parameter.maximum.is_unset()) what += ", to " + value_text(parameter.maximum);
    std::string options;
    for (const Value& option : parameter.options)
      options += (options.empty() ? ", one of " : ", ") + harmless_line(to_text(option));
    rows.push_back({parameter.name, std::string(parameter_type_name(parameter.type)), what + options,
                    harmless_line(parameter.description)});
  }
  return rows.empty() ? "" : "\nparameters:\n" + table_text(rows, "  ");
}

std::string node_text(const Inspector& inspector, NodeIndex index) {
  const NodeInstance& node = inspector.node(index);
  const SeenNode seen = inspector.look(index);
  const std::string& word = inspector.word(index);
  std::string out = "\n" + harmless_line(word);
  std::string more;
  const auto add = [&more](const std::string& text) { more += (more.empty() ? "" : ", ") + text; };
  if (word != node.node_id) add(harmless_line(node.node_id));
  if (word != inspector.short_id(index)) add(inspector.short_id(index));
  if (!seen.type) add("unknown type");
  if (node.bypassed) add("bypassed");
  if (node.init_priority > 0) add("init priority " + std::to_string(node.init_priority));
  if (!more.empty()) out += "  (" + more + ")";
  TextRows rows;
  for (const SeenPort& port : seen.inputs) {
    if (port.is_exec && port.wires.empty()) continue;
    rows.push_back(
        {"in", harmless_line(word + "." + port.name), harmless_line(port.type), input_text(inspector, port)});
  }
  for (const SeenPort& port : seen.outputs) {
    if (port.is_exec && port.wires.empty()) continue;
    rows.push_back({"out", harmless_line(word + "." + port.name), harmless_line(port.type),
                    port.wires.empty() ? "" : wires_text(inspector, port, "->")});
  }
  return out + "\n" + table_text(rows, "  ");
}

Value wires_value(const Inspector& inspector, const SeenPort& port) {
  std::vector<Value> wires;
  for (const End& end : port.wires) {
    wires.push_back(Dict{{"node", inspector.word(end.node)},
                         {"id", inspector.node(end.node).instance_id.text()},
                         {"port", end.port}});
  }
  return Value::list(std::move(wires));
}

Value ports_value(const Inspector& inspector, const std::vector<SeenPort>& ports, bool are_inputs) {
  std::vector<Value> values;
  for (const SeenPort& port : ports) {
    Dict value{{"name", port.name}, {"type", port.type}};
    if (are_inputs && !port.is_exec) {
      if (!port.default_value.is_unset()) value.set("default", port.default_value);
      if (port.wires.empty()) value.set("value", port.value);
      value.set("settable", port.wires.empty());
    }
    if (!port.parameter.empty()) value.set("parameter", port.parameter);
    if (!port.options.empty())
      value.set("options", Value::list(std::vector<Value>(port.options.begin(), port.options.end())));
    if (!port.is_declared) value.set("declared", false);
    value.set("wires", wires_value(inspector, port));
    values.push_back(std::move(value));
  }
  return Value::list(std::move(values));
}

Value node_value(const Inspector& inspector, NodeIndex index) {
  const NodeInstance& node = inspector.node(index);
  const SeenNode seen = inspector.look(index);
  Dict value{{"node", inspector.word(index)},
             {"id", node.instance_id.text()},
             {"short_id", inspector.short_id(index)},
             {"name", node_name(node)},
             {"node_id", node.node_id},
             {"origin", seen.type ? Value(seen.type->origin) : Value()}};
  if (node.bypassed) value.set("bypassed", true);
  if (node.init_priority > 0) value.set("init_priority", node.init_priority);
  value.set("inputs", ports_value(inspector, seen.inputs, true));
  value.set("outputs", ports_value(inspector, seen.outputs, false));
  return value;
}

Value parameter_value(const Parameter& parameter) {
  Dict value{{"name", parameter.name},
             {"type", parameter_type_name(parameter.type)},
             {"required", parameter.must_be_given()}};
  if (!parameter.default_value.is_unset()) value.set("default", parameter.default_value);
  if (!parameter.description.empty()) value.set("description", parameter.description);
  if (!parameter.minimum.is_unset()) value.set("minimum", parameter.minimum);
  if (!parameter.maximum.is_unset()) value.set("maximum", parameter.maximum);
  if (!parameter.options.empty()) value.set("options", Value::list(std::vector<Value>(parameter.options)));
  return value;
}

void each_node(const WorkflowInspection& inspection, const std::function<void(NodeIndex)>& visit) {
  if (inspection.only) return visit(*inspection.only);
  for (NodeIndex node = 0; node < inspection.workflow.nodes.size(); ++node) visit(node);
}

}  // namespace

std::string inspection_text(const WorkflowInspection& inspection) {
  const Inspector inspector(inspection);
  const std::size_t count = inspection.workflow.nodes.size();
  std::string out = harmless_line(inspection.file) + ": " +
                    (inspection.graph.has_exec_wires() ? "flow" : "data-flow") + " mode, " +
                    std::to_string(count) + (count == 1 ? " node" : " nodes") + "\n";
  if (!inspection.only) out += parameters_text(inspection.parameters);
  each_node(inspection, [&](NodeIndex node) { out += node_text(inspector, node); });
  return out;
}

Value inspection_value(const WorkflowInspection& inspection) {
  const Inspector inspector(inspection);
  std::vector<Value> parameters, nodes;
  for (const Parameter& parameter : inspection.parameters.declared())
    parameters.push_back(parameter_value(parameter));
  each_node(inspection, [&](NodeIndex node) { nodes.push_back(node_value(inspector, node)); });
  return Dict{{"file", inspection.file},
              {"mode", inspection.graph.has_exec_wires() ? "flow" : "data_flow"},
              {"parameters", Value::list(std::move(parameters))},
              {"nodes", Value::list(std::move(nodes))}};
}

}  // namespace vnode
