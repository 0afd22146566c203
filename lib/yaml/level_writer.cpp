#include "yaml/level_writer.h"

#include <algorithm>
#include <exception>

#include "model/json_writer.h"
#include "model/members.h"
#include "model/value_ops.h"
#include "yaml/yaml_ports.h"
#include "yaml/yaml_workflow.h"

namespace vnode {
namespace {

constexpr std::size_t kLongestName = 200;
/// What goes below `editor` where YAML cannot say it: as JSON text.
Value editor_form(const Value& value) {
  if (is_yaml_value(value)) return value;
  std::string json;
  append_json(json, value, NonFinite::kBare);
  return Value(json);
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && name.find('\n') == std::string_view::npos;
}

/// A name made of a type: `For Each` -> for_each.
std::string name_of_type(std::string_view type) {
  std::string name;
  for (const char c : type.substr(0, 60)) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_word =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (is_upper) {
      name += static_cast<char>(c - 'A' + 'a');
    } else if (is_word) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  const bool begins_badly = name.empty() || (name.front() >= '0' && name.front() <= '9');
  return begins_badly ? "node_" + name : name;
}

}  // namespace

YamlStyle LevelWriter::style() const {
  return {[this](std::string_view text) {
    for (std::size_t dot = text.rfind('.'); dot != std::string_view::npos;
         dot = dot == 0 ? std::string_view::npos : text.rfind('.', dot - 1)) {
      const std::string_view head = text.substr(0, dot);
      if (head == "inputs" || names_.find(head) != names_.end()) return true;
    }
    return false;
  }};
}

void LevelWriter::read_nodes() {
  const std::span<const Value> entries = list_member(document_, "nodes");
  nodes_.reserve(entries.size());
  for (const Value& entry : entries) {
    Node& node = nodes_.emplace_back();
    node.entry = entry.is_dict() ? entry.as_dict() : Dict();
    node.type = text_member(node.entry, "node_id");
    const Value* parameters = member(node.entry, "parameters");
    if (parameters && parameters->is_dict()) node.parameters = parameters->as_dict();
    node.id = Uuid::parse(text_view(node.entry, "instance_id")).value_or(Uuid());
    node.is_exact = doubts_ && doubts_->nodes.contains(nodes_.size() - 1);
    by_id_.emplace(node.id.text(), nodes_.size() - 1);
  }
  name_nodes();
  for (Node& node : nodes_) find_ports(node);
}

/// By their own names where those are good and nobody else has them, else by their types.
void LevelWriter::name_nodes() {
  for (Node& node : nodes_) {
    const Value* own = member(node.parameters, "__name__");
    const std::string_view name = own && own->is_text() ? own->as_text() : std::string_view();
    const bool has_dot = name.find('.') != std::string_view::npos;  // which might be read as a port
    if (is_name(name) && !has_dot && names_.emplace(name).second) node.name = name;
  }
  std::map<std::string, std::size_t> counts;
  for (Node& node : nodes_) {
    if (!node.name.empty()) continue;
    const std::string wanted = name_of_type(node.type);
    for (std::size_t& count = counts[wanted]; node.name.empty();) {
      const std::string candidate = ++count == 1 ? wanted : wanted + "_" + std::to_string(count);
      if (names_.insert(candidate).second) node.name = candidate;
    }
  }
}

void LevelWriter::find_ports(Node& node) {
  const TypeCache::Entry& entry = types_.find(node.type);
  node.known = entry.type.get();
  node.ports = entry.ports.get();
  if (!node.known || !node.known->restore_ports) return;
  auto own = std::make_unique<OwnPorts>();
  own->inputs = node.known->definition.inputs;
  own->outputs = node.known->definition.outputs;
  try {
    node.known->restore_ports(node.parameters, PortSet{own->inputs, own->outputs});
  } catch (const std::exception&) {
    node.ports = nullptr;
    return;
  }
  own->table = std::make_unique<PortTable>(*node.known, own->inputs, own->outputs);
  node.ports = own->table.get();
  own_ports_.push_back(std::move(own));
}

bool LevelWriter::has_port(const Node& node, std::string_view port, bool is_input) const {
  if (port.size() > kLongestYamlKey) return false;
  if (!node.ports) return true;
  if (is_input ? node.ports->input(port) != nullptr : node.ports->output(port) != nullptr) return true;
  return code_may_have(node.known->definition, port);
}

bool LevelWriter::is_exec_port(const Node& node, std::string_view port, bool otherwise) const {
  const Port* known = node.ports ? node.ports->output(port) : nullptr;
  return known ? known->is_exec() : otherwise;
}

void LevelWriter::read_wires() {
  for (const Value& entry : list_member(document_, "connections")) {
    Wire& wire = wires_.emplace_back();
    wire.entry = entry.is_dict() ? entry.as_dict() : Dict();
    wire.from_port = text_member(wire.entry, "from_port");
    wire.to_port = text_member(wire.entry, "to_port");
    wire.is_exec = switch_member(wire.entry, "is_exec");
    const auto from = by_id_.find(text_member(wire.entry, "from_node"));
    const auto to = by_id_.find(text_member(wire.entry, "to_node"));
    if (from == by_id_.end() || to == by_id_.end() || (doubts_ && doubts_->has_wires)) continue;
    wire.from = from->second;
    wire.to = to->second;
    if (!is_sayable(wire)) wire.from.reset();
  }
}

bool LevelWriter::is_sayable(const Wire& wire) const {
  return has_port(nodes_[*wire.from], wire.from_port, false) && has_port(nodes_[wire.to], wire.to_port, true);
}

/// Which wires stand at their nodes: those of exec ports in `then`, those of values at the inputs that they
/// lead to. A source port whose wires have another order than the nodes, and one that shares an input with
/// others, goes into `connections` with all of its wires.
void LevelWriter::place_wires() {
  using Source = std::pair<std::size_t, std::string>;
  std::map<Source, std::size_t> last_target;
  std::map<Source, std::size_t> inputs;  // (node, port) -> data wires into it
  std::set<Source> listed;
  for (const Wire& wire : wires_) {
    if (wire.from && !wire.is_exec) ++inputs[{wire.to, wire.to_port}];
  }
  for (const Wire& wire : wires_) {
    if (!wire.from) continue;
    const Node& source = nodes_[*wire.from];
    const Node& target = nodes_[wire.to];
    const Source from{*wire.from, wire.from_port};
    if (wire.is_exec) {
      if (!is_exec_port(source, wire.from_port, true)) listed.insert(from);
      continue;
    }
    const auto [last, is_first] = last_target.emplace(from, wire.to);
    // Two inputs of one node are wired in the order of its ports here; only different nodes are safe.
    const bool is_in_order = is_first || last->second < wire.to;
    last->second = wire.to;
    const Port* input = target.ports ? target.ports->input(wire.to_port) : nullptr;
    const bool is_data = !is_exec_port(source, wire.from_port, false);
    if (!is_in_order || !is_data || inputs[{wire.to, wire.to_port}] > 1 || (input && input->is_exec()) ||
        target.is_exact) {
      listed.insert(from);
    }
  }
  // A port with wires of both kinds has them all in one place.
  std::set<Source> exec_sources;
  for (const Wire& wire : wires_) {
    if (wire.from && wire.is_exec) exec_sources.insert({*wire.from, wire.from_port});
  }
  for (Wire& wire : wires_) {
    if (!wire.from) continue;
    const Source from{*wire.from, wire.from_port};
    if (!wire.is_exec && exec_sources.contains(from)) listed.insert(from);
  }
  for (Wire& wire : wires_) {
    if (!wire.from) continue;
    wire.is_listed = listed.contains({*wire.from, wire.from_port});
    if (wire.is_listed) continue;
    if (!wire.is_exec) {
      nodes_[wire.to].wired_inputs.set(Value(wire.to_port), Value(end_text(*wire.from, wire.from_port)));
      continue;
    }
    auto& then = nodes_[*wire.from].then;
    auto port = std::find_if(then.begin(), then.end(),
                             [&](const auto& entry) { return entry.first == wire.from_port; });
    if (port == then.end()) port = then.insert(then.end(), {wire.from_port, {}});
    port->second.push_back(target_text(nodes_[wire.to], wire.to_port));
  }
}

/// `node` where that means the port, else `node.port`.
std::string LevelWriter::target_text(const Node& target, std::string_view port) const {
  if (!target.known) return port == "exec_in" ? target.name : target.name + "." + std::string(port);
  const Port* usual = only_exec_port(target.known->definition.inputs, "exec_in");
  return usual && usual->name == port ? target.name : target.name + "." + std::string(port);
}

bool LevelWriter::is_plain_input(const Node& node, std::string_view port, const Value& value) const {
  if (node.is_exact || !node.ports || !is_yaml_value(value) || port.size() > kLongestYamlKey) return false;
  if (port == "python_code") return value.is_text() && !node.known->definition.python_code.empty();
  const Port* input = node.ports->input(port);
  if (!input || input->is_exec() || node.wired_inputs.find(port)) return false;
  const bool is_scalar = !value.is_text() && !value.is_list() && !value.is_dict();
  if (is_text_port(*input) && is_scalar) return false;
  return !same(value, input->default_value) || input->name.empty();
}

/// What of the saved parameters people see, and what only the editor is told.
void LevelWriter::share_parameters(Node& node) {
  for (const DictEntry& parameter : node.parameters) {
    if (!parameter.key.is_text()) continue;
    const std::string_view key = parameter.key.as_text();
    const Value& value = parameter.value;
    if (key == "__name__" && value.is_text() && !node.is_exact) {
      if (value.as_text() != node.name) node.editor.set("name", value);
      continue;
    }
    if (is_plain_input(node, key, value)) {
      node.plain_inputs.set(parameter.key, value);
    } else {
      node.editor_parameters.set(parameter.key, value);
    }
  }
  if (!member(node.parameters, "__name__")) node.editor.set("unnamed", Value(true));
}

void LevelWriter::fill_editor(Node& node) {
  Dict unknown;
  for (const DictEntry& entry : node.entry) {
    const std::string_view key = entry.key.is_text() ? entry.key.as_text() : std::string_view();
    if (key == "node_id" || key == "parameters") continue;
    if (key == "instance_id") {
      if (node.id != id_of_name_path(path_ + node.name)) node.editor.set("id", entry.value);
    } else if (key == "position" || key == "state") {
      node.editor.set(entry.key, entry.value);
    } else if (key == "bypassed" || key == "init_priority") {
      const bool is_usual = equal(entry.value, Value(0));  // which people would not write
      if (is_usual) node.editor.set(entry.key, entry.value);
    } else {
      unknown.set(entry.key, entry.value);
    }
  }
  if (!unknown.empty()) {
    node.editor.set("keys", editor_form(Value(unknown)));
    kept_.push_back("node '" + node.name + "': keys that nobody knows");
  }
  if (!node.editor_parameters.empty())
    node.editor.set("parameters", editor_form(Value(node.editor_parameters)));
}

void LevelWriter::write(std::string& out, std::size_t indent, const Dict& editor) {
  read_nodes();
  read_wires();
  place_wires();
  for (Node& node : nodes_) share_parameters(node);
  out.append(indent, ' ') += nodes_.empty() ? "nodes: {}\n" : "nodes:\n";
  for (Node& node : nodes_) write_node(out, node, indent + 2);
  write_connections(out, indent);
  const Value parts = editor_parts(editor);
  has_editor_ = !parts.as_entries().empty();
  if (!has_editor_) return;
  out.append(indent, ' ') += "editor:";
  append_yaml_value(out, parts, indent);
}

}  // namespace vnode
