#include "model/workflow_writer.h"

#include "model/json_writer.h"

namespace vnode {
namespace {

/// The keys of nodes and wires, made once a document and shared by all its entries.
struct Keys {
  Value instance_id = "instance_id";
  Value node_id = "node_id";
  Value position = "position";
  Value parameters = "parameters";
  Value state = "state";
  Value bypassed = "bypassed";
  Value init_priority = "init_priority";
  Value id = "id";
  Value from_node = "from_node";
  Value from_port = "from_port";
  Value to_node = "to_node";
  Value to_port = "to_port";
  Value is_exec = "is_exec";
};

void set_if_given(Dict& dict, const Value& key, const Value& value) {
  if (!value.is_unset()) dict.set(key, value);
}

void add_unknown(Dict& dict, const Dict& unknown) {
  for (const Dict::Entry& entry : unknown) dict.set(entry.key, entry.value);
}

Value node_entry(const NodeInstance& node, const Keys& keys) {
  Dict entry;
  entry.reserve(7 + node.unknown.size());
  entry.set(keys.instance_id, node.instance_id.text());
  entry.set(keys.node_id, node.node_id);
  // Files need a position; a workflow that was built by a program may have none.
  entry.set(keys.position, node.position.is_none() ? Value::list({0, 0}) : node.position);
  entry.set(keys.parameters, node.parameters);
  set_if_given(entry, keys.state, node.state);
  if (node.bypassed || node.has_bypassed) entry.set(keys.bypassed, node.bypassed);
  if (node.init_priority != 0 || node.has_init_priority) entry.set(keys.init_priority, node.init_priority);
  add_unknown(entry, node.unknown);
  return entry;
}

Value connection_entry(const Connection& connection, const Keys& keys) {
  Dict entry;
  entry.reserve(6 + connection.unknown.size());
  set_if_given(entry, keys.id, connection.id);
  entry.set(keys.from_node, connection.from_node.text());
  entry.set(keys.from_port, connection.from_port);
  entry.set(keys.to_node, connection.to_node.text());
  entry.set(keys.to_port, connection.to_port);
  entry.set(keys.is_exec, connection.is_exec);
  add_unknown(entry, connection.unknown);
  return entry;
}

}  // namespace

Value workflow_document(const Workflow& workflow) {
  const Keys keys;
  std::vector<Value> nodes;
  nodes.reserve(workflow.nodes.size());
  for (const NodeInstance& node : workflow.nodes) nodes.push_back(node_entry(node, keys));
  std::vector<Value> connections;
  connections.reserve(workflow.connections.size());
  for (const Connection& connection : workflow.connections)
    connections.push_back(connection_entry(connection, keys));

  Dict document;
  document.set("nodes", Value::list(std::move(nodes)));
  document.set("connections", Value::list(std::move(connections)));
  set_if_given(document, "sticky_notes", workflow.sticky_notes);
  set_if_given(document, "backdrops", workflow.backdrops);
  set_if_given(document, "metadata", workflow.metadata);
  add_unknown(document, workflow.unknown);
  return document;
}

std::string write_workflow(const Workflow& workflow) {
  std::string text;
  append_json_pretty(text, workflow_document(workflow), 4, NonFinite::kBare);
  return text;
}

}  // namespace vnode
