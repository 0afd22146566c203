#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/layout.h"
#include "engine/part.h"
#include "events/event.h"
#include "graph/graph.h"
#include "graph/topology.h"
#include "model/workflow.h"
#include "node/node_type.h"
#include "registry/registry.h"

namespace vnode {

/// Part of an array in PlanData.
struct Range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool empty() const { return begin == end; }
};

template <class T>
std::span<const T> part(const std::vector<T>& array, Range range) {
  return {array.data() + range.begin, array.data() + range.end};
}

/// A data wire seen from its source.
struct OutWire {
  NodeIndex target;
  SlotIndex target_slot;
  bool notifies;    ///< the target has a hook for that port
  bool in_runtime;  ///< a runtime holds the target
};

/// A data wire seen from its target.
struct InWire {
  NodeIndex source;
  SlotIndex source_slot;
  SlotIndex target_slot;
};

/// The wires that leave one output, in file order.
struct OutPort {
  SlotIndex slot;
  Range data;  ///< of PlanData::out_wires
  Range exec;  ///< of PlanData::exec_targets
};

struct PlanNode {
  const NodeType* type = nullptr;
  const Layout* layout = nullptr;
  const NodeInstance* instance = nullptr;
  std::string_view name;  ///< of the instance (node_address.h), for its events; may be empty
  Range out_ports;        ///< of PlanData::out_ports: only outputs that have wires
  Range in_wires;         ///< of PlanData::in_wires, in file order (rule 14)
  Range pulls;            ///< of PlanData::pulls: the wires of data-only sources, in pull order (rule 12)
  Range bypass;           ///< of PlanData::bypass_targets: all exec wires, in file order (rule 19)
  std::shared_ptr<const NodeLimits> limits;  ///< that the instance itself sets; null: none
  bool flow_driven = false;
  bool has_exec_input = false;
  bool connected = false;
  bool starts_last = false;  ///< when all else has ended (rule 48)
  /// Whether its error logs are no failure of the run (rule 22); nullopt where the groups around it say.
  std::optional<bool> reports_error_logs;
  bool has_hook = false;     ///< for a node that a runtime holds: pushes into it are followed by its hook
  bool in_map_body = false;  ///< executed for each item of a map, in a level of the item's own
  bool in_frame = false;     ///< stands for a node outside of the level (PlanFrame)
  NodeIndex file_index = 0;  ///< its place among the nodes of the file, or of the group
};

/// What surrounds the body of a map (rule 44): the body's plan has the body's nodes first, then the map, then
/// the nodes outside of it that feed it. Those behind the body are never executed there.
struct PlanFrame {
  const struct PlanData* outer = nullptr;  ///< the plan that the body is part of; outlives it
  std::vector<NodeIndex> outer_nodes;      ///< of each node its number there
  NodeIndex map = 0;                       ///< the number of the map here, and how many nodes the body has
  /// The wires from outside, by source and output, each once: what bodies that begin find there.
  std::vector<std::pair<NodeIndex, SlotIndex>> inputs;
  SlotIndex current_item = kNoSlot, current_index = kNoSlot, each_item = kNoSlot;  ///< of the map
};

/// A map and the plan of its body.
struct MapBody {
  NodeIndex map;
  std::shared_ptr<const class Plan> plan;
};

/// Whether a node is one of those that start a flow (rule 7).
inline bool starts_flow(const PlanNode& node) {
  return node.connected && !node.starts_last && !node.in_map_body && node.instance->init_priority <= 0 &&
         (!node.has_exec_input || !node.flow_driven);
}

/// As events tell of it, but for the groups around it.
inline NodeRef node_ref(const PlanNode& node) {
  return {.instance_id = node.instance->instance_id, .node_type = node.instance->node_id, .name = node.name};
}

/// What a run says of one of its nodes before any runs, as a warning in its stream.
struct PlanRemark {
  NodeIndex node;
  std::string message;
};

/// The engine's view of a workflow: everything that running a node needs, by number and in the order that the
/// rules prescribe, so that no step of a run searches. Immutable.
struct PlanData {
  explicit PlanData(Workflow document) : workflow(std::move(document)), graph(workflow) {}

  Workflow workflow;
  Graph graph;
  std::vector<PlanNode> nodes;
  std::vector<OutPort> out_ports;
  std::vector<OutWire> out_wires;
  std::vector<InWire> in_wires;
  std::vector<InWire> pulls;
  std::vector<NodeIndex> exec_targets;
  std::vector<NodeIndex> bypass_targets;
  std::vector<NodeIndex> init_nodes;       ///< in the order of the init phase (rule 5)
  Layers layers;                           ///< in data-flow mode (rule 8)
  bool is_flow = false;                    ///< the mode (rule 6); that of a body is that of its workflow
  std::vector<MapBody> map_bodies;         ///< of the maps that are in no other one's body
  std::shared_ptr<const PlanFrame> frame;  ///< of a plan that is a map's body; null: it is none

  std::vector<PlanRemark> remarks;

  Cut cut;  ///< of a plan of a part (rule 48)
  /// Where a node stands in the file.
  NodeIndex place_of(NodeIndex node) const { return cut.places.empty() ? node : cut.places[node]; }

  bool has_runtimes = false;  ///< some node is executed by a runtime

  std::vector<NodeTypePtr> types;  ///< keeps the used types alive
  std::vector<std::unique_ptr<Layout>> layouts;
  std::shared_ptr<const Registry>
      registry;  ///< for the workflows inside groups; null when there are no groups

  /// Null: the node is no map, or bypassed.
  const std::shared_ptr<const Plan>* find_map_body(NodeIndex map) const {
    for (const MapBody& body : map_bodies) {
      if (body.map == map) return &body.plan;
    }
    return nullptr;
  }

  const OutPort* find_out_port(const PlanNode& node, SlotIndex slot) const {
    for (const OutPort& port : part(out_ports, node.out_ports)) {
      if (port.slot == slot) return &port;
    }
    return nullptr;
  }
};

/// Parameters of an instance that node code does not see (rule 2).
inline constexpr std::string_view kInstanceSettings = "__vnode__";
/// One of them; None when it is not set.
Value instance_setting(const NodeInstance& instance, std::string_view key);

// The group nodes and what they keep in their parameters (rule 29).
inline constexpr std::string_view kGroupNode = "group_node";
inline constexpr std::string_view kGroupIn = "group_in";
inline constexpr std::string_view kGroupOut = "group_out";
inline constexpr std::string_view kInjectedValue = "_injected_value";
inline constexpr std::string_view kPortName = "port_name";
inline constexpr std::string_view kExecFail = "exec_fail";
/// What goes on behind a loop.
inline constexpr std::string_view kExecOnFinished = "exec_on_finished";

}  // namespace vnode
