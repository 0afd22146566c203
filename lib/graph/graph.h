#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "model/workflow.h"

namespace vnode {

using NodeIndex = std::uint32_t;
using WireIndex = std::uint32_t;

/// The wires of a workflow, indexed once. Immutable; shared by any number of runs.
///
/// Nodes are numbered as in the file, wires (connections) too. A connection from or to a node that does not
/// exist is in none of the lists (`validate` reports it). All lists are in file order, which is the order
/// that the engine's rules follow. Of two nodes with one instance id the first counts.
class Graph {
 public:
  explicit Graph(const Workflow& workflow);

  std::size_t node_count() const { return data_in_.starts.size() - 1; }
  std::size_t wire_count() const { return from_.size(); }

  /// The number of the node with that id.
  std::optional<NodeIndex> find(const Uuid& instance_id) const;

  NodeIndex from(WireIndex wire) const { return from_[wire]; }
  NodeIndex to(WireIndex wire) const { return to_[wire]; }

  std::span<const WireIndex> data_in(NodeIndex node) const { return data_in_.of(node); }
  std::span<const WireIndex> data_out(NodeIndex node) const { return data_out_.of(node); }
  std::span<const WireIndex> exec_in(NodeIndex node) const { return exec_in_.of(node); }
  std::span<const WireIndex> exec_out(NodeIndex node) const { return exec_out_.of(node); }

  /// At least one exec wire arrives.
  bool is_flow_driven(NodeIndex node) const { return !exec_in(node).empty(); }
  bool is_connected(NodeIndex node) const {
    return !data_in(node).empty() || !data_out(node).empty() || !exec_in(node).empty() ||
           !exec_out(node).empty();
  }
  /// At least one exec wire in the file, also one that leads nowhere: flow mode (rule 6).
  bool has_exec_wires() const { return has_exec_wires_; }

  static constexpr NodeIndex kNowhere = 0xFFFFFFFF;  ///< end of a wire whose node does not exist

 private:
  /// For every node a list of wires, all in one array.
  struct Lists {
    std::vector<std::uint32_t> starts;  ///< one more than there are nodes
    std::vector<WireIndex> wires;
    std::span<const WireIndex> of(NodeIndex node) const {
      return {wires.data() + starts[node], wires.data() + starts[node + 1]};
    }
  };
  Lists make_lists(const Workflow& workflow, bool is_exec, const std::vector<NodeIndex>& ends) const;

  std::unordered_map<Uuid, NodeIndex> index_;
  std::vector<NodeIndex> from_;
  std::vector<NodeIndex> to_;
  Lists data_in_, data_out_, exec_in_, exec_out_;
  bool has_exec_wires_ = false;
};

}  // namespace vnode
