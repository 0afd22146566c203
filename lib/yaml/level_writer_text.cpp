// The text of nodes and wires.
#include <algorithm>

#include "model/json_writer.h"
#include "model/members.h"
#include "model/value_ops.h"
#include "model/workflow_reader.h"
#include "model/workflow_writer.h"
#include "yaml/level_writer.h"
#include "yaml/yaml_ports.h"

namespace vnode {
namespace {

constexpr std::size_t kMostGroups = 20;

/// Keys of nodes, which a port of that name has to make way for.
bool is_node_key(std::string_view port) {
  constexpr std::string_view kKeys[] = {"type", "inputs", "then",  "limits", "bypassed",    "init_priority",
                                        "note", "nodes",  "ports", "use",    "connections", "editor"};
  return std::find(std::begin(kKeys), std::end(kKeys), port) != std::end(kKeys);
}

/// The inside of a group, if it can be written as one: exactly what reading and writing it gives.
std::optional<Dict> plain_group(const Dict& parameters, std::size_t depth) {
  const Value* inside = member(parameters, "__workflow__");
  if (!inside || !inside->is_dict() || depth >= kMostGroups) return std::nullopt;
  WorkflowReading reading = read_workflow(*inside, "");
  if (!reading.workflow || !same(workflow_document(*reading.workflow), *inside)) return std::nullopt;
  return inside->as_dict();
}

std::size_t depth_of(std::string_view path) {
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

/// A dict that a port would take for {from: ...} or {value: ...}.
bool looks_like_wire(const Value& value) {
  if (!value.is_dict() || value.as_entries().size() != 1) return false;
  const Value& key = value.as_entries()[0].key;
  return key.is_text() && (key.as_text() == "from" || key.as_text() == "value");
}

}  // namespace

void LevelWriter::write_node(std::string& out, Node& node, std::size_t indent) {
  const auto line = [&]() -> std::string& { return out.append(indent + 2, ' '); };
  append_yaml_key(out.append(indent, ' '), node.name);
  out += ":\n";
  append_yaml_text(line() += "type: ", node.type);
  out += '\n';
  write_ports(out, node, false, indent + 2);
  write_ports(out, node, true, indent + 4);
  write_then(out, node, indent + 2);
  const Value* limits = member(node.editor_parameters, "__vnode__");
  if (limits && limits->is_dict() && !node.is_exact && is_yaml_value(*limits)) {
    append_yaml_value(line() += "limits:", *limits, indent + 2);
    node.editor_parameters.erase("__vnode__");
  }
  for (const std::string_view key : {"bypassed", "init_priority"}) {
    const Value* said = member(node.entry, key);
    if (!said || equal(*said, Value(0))) continue;
    line().append(key) += ':';
    append_yaml_value(out, *said, indent + 2);
  }
  if (node.type == "group_node" && !node.is_exact) write_group(out, node, indent + 2);
  fill_editor(node);
}

/// The ports that collide with keys of nodes, or all others.
void LevelWriter::write_ports(std::string& out, const Node& node, bool of_keys, std::size_t indent) {
  bool is_first = true;
  const auto begin = [&](std::string_view port) {
    if (is_node_key(port) != of_keys) return false;
    if (of_keys && is_first) out.append(indent - 2, ' ') += "inputs:\n";
    is_first = false;
    return true;
  };
  for (const DictEntry& entry : node.plain_inputs) {
    const std::string_view port = entry.key.as_text();
    if (begin(port)) write_port(out, port, entry.value, Value::unset(), indent);
  }
  for (const DictEntry& entry : node.wired_inputs) {
    const std::string_view port = entry.key.as_text();
    if (begin(port)) write_port(out, port, Value::unset(), entry.value, indent);
  }
}

void LevelWriter::write_group(std::string& out, Node& node, std::size_t indent) {
  const std::optional<Dict> group = plain_group(node.parameters, depth_of(path_));
  if (!group) return;
  node.editor_parameters.erase("__workflow__");
  Dict further;
  for (const DictEntry& entry : *group) {
    const std::string_view key = entry.key.is_text() ? entry.key.as_text() : std::string_view();
    if (key != "nodes" && key != "connections") further.set(entry.key, entry.value);
  }
  LevelWriter inside(types_, *group, path_ + node.name + "/", nullptr);
  inside.write(out, indent, further);
  kept_.insert(kept_.end(), inside.kept_for_editor().begin(), inside.kept_for_editor().end());
}

void LevelWriter::write_port(std::string& out, std::string_view port, const Value& value, const Value& wire,
                             std::size_t indent) {
  append_yaml_key(out.append(indent, ' '), port);
  out += ':';
  if (!wire.is_unset()) {
    // Only a plain scalar is a wire by itself.
    std::string text;
    append_yaml_text(text, wire.as_text());
    out += text.front() == '"' ? " {from: " + text + "}\n" : " " + text + "\n";
    return;
  }
  append_yaml_value(out, looks_like_wire(value) ? Value(Dict{{"value", value}}) : value, indent, style());
}

void LevelWriter::write_then(std::string& out, const Node& node, std::size_t indent) const {
  if (node.then.empty()) return;
  const auto targets = [](const std::vector<std::string>& texts) {
    if (texts.size() == 1) return Value(texts.front());
    std::vector<Value> items;
    for (const std::string& text : texts) items.emplace_back(text);
    return Value::list(std::move(items));
  };
  out.append(indent, ' ') += "then:";
  const Port* usual = node.known ? only_exec_port(node.known->definition.outputs, "exec_out") : nullptr;
  const bool is_usual =
      node.known ? usual && usual->name == node.then.front().first : node.then.front().first == "exec_out";
  if (node.then.size() == 1 && is_usual) {
    append_yaml_value(out, targets(node.then.front().second), indent);
    return;
  }
  Dict ports;
  for (const auto& [port, texts] : node.then) ports.set(Value(port), targets(texts));
  append_yaml_value(out, Value(std::move(ports)), indent);
}

void LevelWriter::write_connections(std::string& out, std::size_t indent) const {
  std::vector<Value> listed;
  for (const Wire& wire : wires_) {
    if (!wire.from || !wire.is_listed) continue;
    const Value from(end_text(*wire.from, wire.from_port));
    const Value to(end_text(wire.to, wire.to_port));
    const Node& target = nodes_[wire.to];
    const Port* input = target.ports ? target.ports->input(wire.to_port) : nullptr;
    const bool is_usual =
        is_exec_port(nodes_[*wire.from], wire.from_port, input && input->is_exec()) == wire.is_exec;
    listed.push_back(is_usual ? Value::list({from, to})
                              : Value(Dict{{"from", from}, {"to", to}, {"exec", Value(wire.is_exec)}}));
  }
  if (listed.empty()) return;
  out.append(indent, ' ') += "connections:\n";
  for (const Value& entry : listed) {
    out.append(indent + 2, ' ') += '-';
    append_yaml_value(out, entry, indent + 2);
  }
}

/// A wire as `editor` tells of it.
Value LevelWriter::slot(const Wire& wire) const {
  if (!wire.from) {
    std::string json;
    append_json(json, Value(wire.entry), NonFinite::kBare);
    const Value entry(wire.entry);
    return Value(Dict{{"json", is_yaml_value(entry) ? entry : Value(json)}});
  }
  const Value from(end_text(*wire.from, wire.from_port));
  const Value to(end_text(wire.to, wire.to_port));
  Dict unknown;
  for (const DictEntry& entry : wire.entry) {
    constexpr std::string_view kKnown[] = {"id", "from_node", "from_port", "to_node", "to_port", "is_exec"};
    const std::string_view key = entry.key.is_text() ? entry.key.as_text() : std::string_view();
    if (std::find(std::begin(kKnown), std::end(kKnown), key) == std::end(kKnown))
      unknown.set(entry.key, entry.value);
  }
  const Value* id = member(wire.entry, "id");
  if (unknown.empty()) return id ? Value::list({from, to, *id}) : Value::list({from, to});
  Dict all = {{"from", from}, {"to", to}};
  if (id) all.set("id", *id);
  std::string json;
  append_json(json, Value(unknown), NonFinite::kBare);
  all.set("keys", is_yaml_value(Value(unknown)) ? Value(unknown) : Value(json));
  return Value(std::move(all));
}

Value LevelWriter::editor_parts(const Dict& further) {
  Dict parts;
  Dict nodes;
  for (const Node& node : nodes_) {
    if (!node.editor.empty()) nodes.set(Value(node.name), Value(node.editor));
    const bool is_known = node.known != nullptr;
    if (!is_known) kept_.push_back("node '" + node.name + "': nobody knows its type '" + node.type + "'");
    if (node.is_exact) kept_.push_back("node '" + node.name + "': all of its parameters");
  }
  if (!nodes.empty()) parts.set("nodes", Value(std::move(nodes)));
  std::vector<Value> slots;
  for (const Wire& wire : wires_) {
    slots.push_back(slot(wire));
    if (!wire.from)
      kept_.push_back("a wire from '" + wire.from_port + "' to '" + wire.to_port +
                      "': such a node or port is missing");
  }
  if (!slots.empty()) parts.set("connections", Value::list(std::move(slots)));
  Dict unknown;
  for (const DictEntry& entry : further) {
    constexpr std::string_view kParts[] = {"sticky_notes", "backdrops", "metadata"};
    const std::string_view key = entry.key.is_text() ? entry.key.as_text() : std::string_view();
    if (std::find(std::begin(kParts), std::end(kParts), key) == std::end(kParts)) {
      unknown.set(entry.key, entry.value);
      continue;
    }
    std::string json;
    append_json(json, entry.value, NonFinite::kBare);
    parts.set(entry.key, is_yaml_value(entry.value) ? entry.value : Value(json));
  }
  if (!unknown.empty()) {
    kept_.push_back("keys of the document that nobody knows");
    std::string json;
    append_json(json, Value(unknown), NonFinite::kBare);
    parts.set("keys", is_yaml_value(Value(unknown)) ? Value(unknown) : Value(json));
  }
  return Value(std::move(parts));
}

}  // namespace vnode
