#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "model/workflow.h"

namespace vnode {

/// Where a node of a workflow is: in the workflow itself, or in a group at some depth.
class NodePlace {
 public:
  /// From the outermost workflow on; put together on demand, since those of deep groups are long.
  std::string pointer() const;
  bool is_nested() const { return group_ != kOutermost; }
  /// How messages call the innermost group; for nested nodes.
  const std::string& group_label() const { return (*groups_)[group_].label; }

 private:
  friend void visit_nodes(const Workflow&, const std::function<void(const NodeInstance&, const NodePlace&)>&);
  static constexpr std::size_t kOutermost = static_cast<std::size_t>(-1);
  struct Group {
    std::size_t parent;
    std::size_t node;  ///< its number there
    std::string label;
    Value document;
  };

  const std::vector<Group>* groups_ = nullptr;
  std::size_t group_ = kOutermost;
  std::size_t node_ = 0;
};

/// Calls `visit` for every node, those inside groups included, the outer ones first. Groups that cannot be
/// read are left out: they are reported elsewhere.
void visit_nodes(const Workflow& workflow,
                 const std::function<void(const NodeInstance&, const NodePlace&)>& visit);

}  // namespace vnode
