#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "model/workflow.h"

namespace vnode {

/// Builds or changes a workflow in memory, for host programs (rule 34). Adding takes about constant time when
/// a graph is built along its wires in either direction; removing takes time in proportion to the whole
/// workflow. Thread rule: one thread at a time.
class GraphEditor {
 public:
  explicit GraphEditor(Workflow workflow = {});

  /// Appends a node; kInvalidValue if its instance id is taken.
  Result<void> add_node(NodeInstance node);
  /// Removes the node and its connections; kNotFound if there is none.
  Result<void> remove_node(const Uuid& instance_id);

  /// Appends a connection. Refused (kInvalidValue, the message names the cycle) when the new wire closes a
  /// cycle that does not pass through a `break_condition` port, or the `result` of a map; cycles that are
  /// there already do not matter.
  /// kNotFound when an end does not exist.
  Result<void> add_connection(Connection connection);
  /// Removes the first equal connection (ends, ports, kind); kNotFound if there is none.
  Result<void> remove_connection(const Connection& connection);

  const Workflow& workflow() const { return workflow_; }
  /// The workflow; the editor is empty afterwards.
  Workflow take();

 private:
  /// Where the ordering wires of one id lead; a neighbour once a wire.
  struct Links {
    bool exists = false;  ///< there is a node of that id; a workflow that was read may have wires without
    bool is_map = false;  ///< of the node
    std::vector<Uuid> next;
    std::vector<Uuid> previous;
  };
  using LinkTable = std::unordered_map<Uuid, Links>;

  bool has_node(const Uuid& instance_id) const;
  bool orders(const Connection& connection) const;
  void link(const Connection& connection);
  void unlink(const Connection& connection);
  /// The nodes on a way over ordering wires, both ends included; empty when there is none.
  std::vector<Uuid> find_way(const Uuid& from, const Uuid& to) const;
  std::string label(const Uuid& instance_id) const;

  Workflow workflow_;
  LinkTable links_;
};

}  // namespace vnode
