#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/workflow.h"

namespace vnode::test {

/// Writes workflows in a few words: nodes have short names, and ids that are made from their number.
class WorkflowBuilder {
 public:
  WorkflowBuilder& node(const std::string& name, std::string node_id, Dict parameters = {});
  WorkflowBuilder& bypassed(const std::string& name);
  WorkflowBuilder& init_priority(const std::string& name, int priority);
  /// "a.out", "b.in": a data wire.
  WorkflowBuilder& data(std::string_view from, std::string_view to);
  /// The same as an exec wire; a name without port stands for exec_out or exec_in.
  WorkflowBuilder& exec(std::string_view from, std::string_view to);

  const Workflow& workflow() const { return workflow_; }
  Uuid id(const std::string& name) const { return ids_.at(name); }
  /// The short name of an id, or the id's text.
  std::string name(const Uuid& id) const;

 private:
  void connect(std::string_view from, std::string_view to, bool is_exec);
  NodeInstance& instance(const std::string& name);

  Workflow workflow_;
  std::map<std::string, Uuid> ids_;
};

/// The id that the n-th node of a builder gets: ...-000000000001 for the first.
Uuid numbered_id(std::size_t number);

}  // namespace vnode::test
