#include "engine/plan_builder.h"

#include <algorithm>

#include "engine/body_workflow.h"
#include "engine/node_address.h"
#include "engine/plan.h"
#include "graph/map_body.h"

namespace vnode {
namespace {

/// The port that an alias stands for (rule 26), or the name itself.
std::string_view resolve_alias(const NodeType& type, std::string_view port) {
  for (const auto& [alias, name] : type.output_aliases) {
    if (alias == port) return name;
  }
  return port;
}

bool is_port(const std::vector<Port>& ports, std::string_view name) {
  return std::any_of(ports.begin(), ports.end(), [name](const Port& port) { return port.name == name; });
}

/// Rule 22: what the instance says counts more than what its definition says. nullopt: neither says anything.
std::optional<bool> reports_error_logs(const NodeType& type, const NodeInstance& instance) {
  const Value setting = instance_setting(instance, kErrorLogs);
  const std::string_view word = setting.is_text() ? setting.as_text() : std::string_view();
  if (word == kReportErrorLogs || word == kFailErrorLogs) return word == kReportErrorLogs;
  if (type.definition.reports_error_logs) return true;
  return std::nullopt;
}

/// Rule 35. (`validate` has told of mistakes.)
std::shared_ptr<const NodeLimits> instance_limits(const NodeInstance& instance) {
  const Value* settings = instance.parameters.find(kInstanceSettings);
  if (!settings || !settings->is_dict() || settings->as_entries().empty()) return nullptr;
  Problems ignored;
  return std::make_shared<const NodeLimits>(read_node_limits(MemberReader(*settings, "", ignored, "")));
}

}  // namespace

void PlanBuilder::build() {
  plan_.is_flow = plan_.frame ? plan_.frame->outer->is_flow : plan_.graph.has_exec_wires();
  look_up_types();
  find_maps();
  lay_out_ports();
  resolve_wires();
  find_init_nodes();
  if (!plan_.is_flow && !plan_.frame) plan_.layers = find_layers(plan_.workflow, plan_.graph);
  for (const auto& [map, body] : maps_) plan_.map_bodies.push_back({map, build_body(map, body)});
}

/// Rule 44.
void PlanBuilder::find_maps() {
  for (NodeIndex i = 0; i < plan_.nodes.size(); ++i) {
    if (is_frame_node(i) || !is_map(plan_.workflow.nodes[i])) continue;
    maps_.emplace_back(i, find_map_body(plan_.workflow, plan_.graph, i));
    for (const NodeIndex node : maps_.back().second) plan_.nodes[node].in_map_body = true;
  }
  std::erase_if(maps_, [this](const auto& map) { return plan_.nodes[map.first].in_map_body; });
}

std::shared_ptr<const Plan> PlanBuilder::build_body(NodeIndex map, const std::vector<NodeIndex>& body) const {
  BodyWorkflow inside = body_workflow(plan_, map, body);
  auto data = std::make_unique<PlanData>(std::move(inside.workflow));
  data->registry = plan_.registry;
  data->frame = std::move(inside.frame);
  PlanBuilder(*data, find_type_).build();
  return std::make_shared<const Plan>(std::move(data));
}

void PlanBuilder::look_up_types() {
  plan_.nodes.resize(plan_.workflow.nodes.size());
  for (NodeIndex i = 0; i < plan_.nodes.size(); ++i) {
    const NodeInstance& instance = plan_.workflow.nodes[i];
    auto known = types_.find(instance.node_id);
    if (known == types_.end()) {
      plan_.types.push_back(find_type_(instance.node_id));
      known = types_.emplace(instance.node_id, plan_.types.back().get()).first;
    }
    plan_.nodes[i].type = known->second;
    plan_.nodes[i].instance = &instance;
    plan_.nodes[i].name = node_name(instance);
    plan_.nodes[i].flow_driven = plan_.graph.is_flow_driven(i);
    plan_.nodes[i].connected = plan_.graph.is_connected(i);
    plan_.nodes[i].has_hook = plan_.nodes[i].type->probably_has_hook;
    plan_.nodes[i].limits = instance_limits(instance);
    plan_.nodes[i].reports_error_logs = reports_error_logs(*plan_.nodes[i].type, instance);
    plan_.nodes[i].file_index = plan_.place_of(i);
    if (plan_.frame) take_from_outer(i);
    plan_.has_runtimes |= plan_.nodes[i].type->runtime != nullptr && !plan_.nodes[i].in_frame;
  }
  for (const NodeIndex target : plan_.cut.targets) plan_.nodes[target].connected = true;
  for (const NodeIndex target : plan_.cut.last_targets) plan_.nodes[target].starts_last = true;
}

/// A body has only a part of its workflow's wires: what they make of a node is decided there.
void PlanBuilder::take_from_outer(NodeIndex index) {
  const PlanNode& outer = plan_.frame->outer->nodes[plan_.frame->outer_nodes[index]];
  PlanNode& node = plan_.nodes[index];
  node.file_index = outer.file_index;
  node.in_frame = is_frame_node(index);
  // The map itself is executing: nobody pulls it.
  node.flow_driven = outer.flow_driven || index == plan_.frame->map;
}

void PlanBuilder::lay_out_ports() {
  for (const auto& [index, shape] : shapes_) plan_.nodes[index].has_hook = shape->has_hook;
  for (NodeIndex i = 0; i < plan_.nodes.size(); ++i) {
    plan_.nodes[i].layout = layout_for(i);
    plan_.nodes[i].has_exec_input = plan_.nodes[i].layout->has_exec_input();
  }
}

const Layout* PlanBuilder::layout_for(NodeIndex index) {
  const PlanNode& node = plan_.nodes[index];
  std::vector<Port> inputs, outputs;
  const auto* declared_inputs = &node.type->definition.inputs;
  const auto* declared_outputs = &node.type->definition.outputs;
  const auto shape = shapes_.find(index);
  if (shape == shapes_.end() && plan_.frame)
    return plan_.frame->outer->nodes[plan_.frame->outer_nodes[index]].layout;
  if (shape != shapes_.end()) {
    inputs = shape->second->inputs;
    outputs = shape->second->outputs;
    declared_inputs = &inputs;
    declared_outputs = &outputs;
  } else if (node.type->restore_ports) {
    inputs = *declared_inputs;
    outputs = *declared_outputs;
    node.type->restore_ports(node.instance->parameters, PortSet{inputs, outputs});
    declared_inputs = &inputs;
    declared_outputs = &outputs;
  }
  std::vector<std::string> further;
  auto add = [&](std::string_view name) {
    if (is_port(*declared_inputs, name) || is_port(*declared_outputs, name)) return;
    if (std::find(further.begin(), further.end(), name) == further.end()) further.emplace_back(name);
  };
  for (const Dict::Entry& entry : node.instance->parameters) {
    if (entry.key.is_text() && entry.key.as_text() != kInstanceSettings) add(entry.key.as_text());
  }
  for (WireIndex wire : plan_.graph.data_in(index)) add(plan_.workflow.connections[wire].to_port);
  for (WireIndex wire : plan_.graph.data_out(index)) add(source_port(wire));
  for (WireIndex wire : plan_.graph.exec_out(index)) add(source_port(wire));
  if (node.instance->node_id == kGroupIn) add(kInjectedValue);

  // Every part with its length in front: names may hold any character, and different shapes must not meet in
  // one key.
  std::string key;
  auto add_part = [&key](std::string_view text) {
    key.append(std::to_string(text.size())).append(1, ':').append(text);
  };
  add_part(node.instance->node_id);
  add_part(std::to_string(further.size()));
  for (const std::string& name : further) add_part(name);
  for (const auto* ports : {&inputs, &outputs}) {  // empty unless the instance has ports of its own
    add_part(std::to_string(ports->size()));
    for (const Port& port : *ports) {
      add_part(port.name);
      add_part(port.type);
      add_part(port.names_file() ? "file" : "");
    }
  }
  auto known = shared_layouts_.find(key);
  if (known != shared_layouts_.end()) return known->second;
  plan_.layouts.push_back(std::make_unique<Layout>(*declared_inputs, *declared_outputs, further));
  return shared_layouts_.emplace(std::move(key), plan_.layouts.back().get()).first->second;
}

std::string_view PlanBuilder::source_port(WireIndex wire) const {
  return resolve_alias(*plan_.nodes[plan_.graph.from(wire)].type, plan_.workflow.connections[wire].from_port);
}

SlotIndex PlanBuilder::source_slot(WireIndex wire) const {
  return plan_.nodes[plan_.graph.from(wire)].layout->find(source_port(wire));
}

SlotIndex PlanBuilder::target_slot(WireIndex wire) const {
  return plan_.nodes[plan_.graph.to(wire)].layout->find(plan_.workflow.connections[wire].to_port);
}

bool PlanBuilder::belongs_here(WireIndex wire) const {
  if (is_map_result(plan_.workflow, plan_.graph, wire)) return is_frame_node(plan_.graph.to(wire));
  return !is_frame_node(plan_.graph.to(wire));
}

void PlanBuilder::resolve_wires() {
  for (NodeIndex i = 0; i < plan_.nodes.size(); ++i) {
    resolve_outputs(i);
    resolve_inputs(i);
  }
}

void PlanBuilder::resolve_outputs(NodeIndex index) {
  PlanNode& node = plan_.nodes[index];
  // (slot, wire) pairs, by slot and then in file order.
  auto by_slot = [this](std::span<const WireIndex> wires) {
    std::vector<std::pair<SlotIndex, WireIndex>> sorted;
    for (WireIndex wire : wires) sorted.emplace_back(source_slot(wire), wire);
    std::stable_sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.first < b.first; });
    return sorted;
  };
  const auto data = by_slot(plan_.graph.data_out(index));
  const auto exec = by_slot(plan_.graph.exec_out(index));
  node.out_ports.begin = static_cast<std::uint32_t>(plan_.out_ports.size());
  std::size_t d = 0, e = 0;
  while (d < data.size() || e < exec.size()) {
    const SlotIndex slot =
        std::min(d < data.size() ? data[d].first : kNoSlot, e < exec.size() ? exec[e].first : kNoSlot);
    OutPort port{slot, {}, {}};
    port.data.begin = static_cast<std::uint32_t>(plan_.out_wires.size());
    for (; d < data.size() && data[d].first == slot; ++d) {
      const WireIndex wire = data[d].second;
      const NodeIndex target = plan_.graph.to(wire);
      const NodeType& type = *plan_.nodes[target].type;
      const bool in_runtime = type.runtime != nullptr;
      const bool notifies = plan_.nodes[target].in_map_body ? false
                            : in_runtime                    ? plan_.nodes[target].has_hook
                                                            : type.on_parameter_changed &&
                                               type.watches_port(plan_.workflow.connections[wire].to_port);
      plan_.out_wires.push_back({target, target_slot(wire), notifies, in_runtime});
    }
    port.data.end = static_cast<std::uint32_t>(plan_.out_wires.size());
    port.exec.begin = static_cast<std::uint32_t>(plan_.exec_targets.size());
    for (; e < exec.size() && exec[e].first == slot; ++e)
      plan_.exec_targets.push_back(plan_.graph.to(exec[e].second));
    port.exec.end = static_cast<std::uint32_t>(plan_.exec_targets.size());
    plan_.out_ports.push_back(port);
  }
  node.out_ports.end = static_cast<std::uint32_t>(plan_.out_ports.size());
  node.bypass.begin = static_cast<std::uint32_t>(plan_.bypass_targets.size());
  if (node.instance->bypassed) {
    for (WireIndex wire : plan_.graph.exec_out(index)) plan_.bypass_targets.push_back(plan_.graph.to(wire));
  }
  node.bypass.end = static_cast<std::uint32_t>(plan_.bypass_targets.size());
}

void PlanBuilder::resolve_inputs(NodeIndex index) {
  PlanNode& node = plan_.nodes[index];
  node.in_wires.begin = static_cast<std::uint32_t>(plan_.in_wires.size());
  for (WireIndex wire : plan_.graph.data_in(index)) {
    if (!belongs_here(wire)) continue;
    plan_.in_wires.push_back({plan_.graph.from(wire), source_slot(wire), target_slot(wire)});
  }
  node.in_wires.end = static_cast<std::uint32_t>(plan_.in_wires.size());

  // Pull order: input port order, then file order; only declared inputs, only data-only sources (rule 12).
  std::vector<std::pair<std::size_t, InWire>> pulls;
  for (const InWire& wire : part(plan_.in_wires, node.in_wires)) {
    const Port* port = node.layout->input(wire.target_slot);
    if (!port || plan_.nodes[wire.source].flow_driven) continue;
    const auto inputs = node.layout->inputs();
    const auto place = std::find(inputs.begin(), inputs.end(), wire.target_slot) - inputs.begin();
    pulls.emplace_back(place, wire);
  }
  std::stable_sort(pulls.begin(), pulls.end(), [](auto& a, auto& b) { return a.first < b.first; });
  node.pulls.begin = static_cast<std::uint32_t>(plan_.pulls.size());
  for (const auto& [place, wire] : pulls) plan_.pulls.push_back(wire);
  node.pulls.end = static_cast<std::uint32_t>(plan_.pulls.size());
}

void PlanBuilder::find_init_nodes() {
  for (NodeIndex i = 0; i < plan_.nodes.size(); ++i) {
    if (plan_.nodes[i].in_map_body || plan_.nodes[i].in_frame) continue;
    if (plan_.nodes[i].instance->init_priority > 0) plan_.init_nodes.push_back(i);
  }
  std::stable_sort(plan_.init_nodes.begin(), plan_.init_nodes.end(), [this](NodeIndex a, NodeIndex b) {
    return plan_.nodes[a].instance->init_priority > plan_.nodes[b].instance->init_priority;
  });
}

}  // namespace vnode
