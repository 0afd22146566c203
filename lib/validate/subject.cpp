#include "validate/subject.h"

#include <exception>

#include "model/problem.h"

namespace vnode {

const TypeCache::Entry& TypeCache::find(const std::string& node_id) {
  auto [place, is_new] = entries_.try_emplace(node_id);
  Entry& entry = place->second;
  if (!is_new) return entry;
  entry.type = registry_.find(node_id);
  if (entry.type) {
    const NodeDefinition& definition = entry.type->definition;
    entry.ports = std::make_unique<PortTable>(*entry.type, definition.inputs, definition.outputs);
  }
  return entry;
}

Subject::Subject(const Workflow& workflow, const Graph& graph, TypeCache& types)
    : workflow_(workflow), graph_(graph), registry_(types.registry()), path_map_(types.path_map()) {
  views_.reserve(workflow.nodes.size());
  for (NodeIndex i = 0; i < workflow.nodes.size(); ++i) {
    const TypeCache::Entry& entry = types.find(workflow.nodes[i].node_id);
    NodeView& view = views_.emplace_back(NodeView{entry.type.get(), entry.ports.get()});
    if (view.type && view.type->restore_ports) view.ports = restore_ports(i, entry);
  }
}

const PortTable* Subject::restore_ports(NodeIndex node, const TypeCache::Entry& entry) {
  const NodeDefinition& definition = entry.type->definition;
  auto own = std::make_unique<OwnPorts>(OwnPorts{definition.inputs, definition.outputs, nullptr});
  try {
    entry.type->restore_ports(workflow_.nodes[node].parameters, PortSet{own->inputs, own->outputs});
  } catch (const std::exception& failure) {
    bad_ports_.emplace_back(node, failure.what());
    return nullptr;
  }
  const bool adds_some =
      own->inputs.size() != definition.inputs.size() || own->outputs.size() != definition.outputs.size();
  if (!adds_some) return entry.ports.get();
  own->table = std::make_unique<PortTable>(*entry.type, own->inputs, own->outputs);
  return own_ports_.emplace_back(std::move(own))->table.get();
}

std::string node_pointer(NodeIndex node) { return join_pointer("/nodes", node); }
std::string wire_pointer(WireIndex wire) { return join_pointer("/connections", wire); }

}  // namespace vnode
