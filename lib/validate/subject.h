#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph/graph.h"
#include "model/path_map.h"
#include "model/workflow.h"
#include "registry/registry.h"
#include "validate/port_table.h"

namespace vnode {

/// The types that were looked up, each once, with their ports, and what else a workflow is judged by. Serves
/// it and all groups in it.
class TypeCache {
 public:
  struct Entry {
    NodeTypePtr type;  ///< null when unknown
    std::unique_ptr<PortTable> ports;
  };

  /// `path_map`: as the run will have it; null: none.
  explicit TypeCache(const Registry& registry, const PathMap* path_map = nullptr)
      : registry_(registry), path_map_(path_map) {}

  const Entry& find(const std::string& node_id);
  const Registry& registry() const { return registry_; }
  const PathMap* path_map() const { return path_map_; }

 private:
  const Registry& registry_;
  const PathMap* path_map_;
  std::unordered_map<std::string, Entry> entries_;
};

/// What is known of one node.
struct NodeView {
  const NodeType* type = nullptr;    ///< null when unknown
  const PortTable* ports = nullptr;  ///< null when unknown, or when its own ports cannot be restored
};

/// A workflow under examination: its wires, and its nodes with their ports. Refers to all arguments.
class Subject {
 public:
  Subject(const Workflow& workflow, const Graph& graph, TypeCache& types);

  const Workflow& workflow() const { return workflow_; }
  const Graph& graph() const { return graph_; }
  const Registry& registry() const { return registry_; }
  const PathMap* path_map() const { return path_map_; }

  const NodeView& view(NodeIndex node) const { return views_[node]; }
  const NodeInstance& node(NodeIndex node) const { return workflow_.nodes[node]; }
  std::string label(NodeIndex node) const { return node_label(workflow_.nodes[node]); }

  /// Nodes whose own ports cannot be restored, and why.
  const std::vector<std::pair<NodeIndex, std::string>>& bad_ports() const { return bad_ports_; }

 private:
  struct OwnPorts {
    std::vector<Port> inputs;
    std::vector<Port> outputs;
    std::unique_ptr<PortTable> table;
  };

  const PortTable* restore_ports(NodeIndex node, const TypeCache::Entry& entry);

  const Workflow& workflow_;
  const Graph& graph_;
  const Registry& registry_;
  const PathMap* path_map_;
  std::vector<NodeView> views_;
  std::vector<std::unique_ptr<OwnPorts>> own_ports_;
  std::vector<std::pair<NodeIndex, std::string>> bad_ports_;
};

/// "/nodes/3" and "/connections/7".
std::string node_pointer(NodeIndex node);
std::string wire_pointer(WireIndex wire);

}  // namespace vnode
