#pragma once

#include <map>
#include <set>
#include <span>
#include <string>

#include "apps/vnode/nodes/node_types.h"
#include "model/problem.h"
#include "model/workflow.h"
#include "python/definition_check.h"

namespace vnode {

/// How long one definition may take to load before it counts as hung: imports from a network drive take their
/// time.
inline constexpr Duration kLoadTimeout = std::chrono::seconds(60);

/// The definitions that workflows use, loaded (`vnode validate --load`).
class UsedDefinitions {
 public:
  /// Loads each once, whichever of the workflows use it. Nothing is started when they use none.
  /// `for_journals`: looks at what a journal of a run can keep (`--journal`).
  UsedDefinitions(const NodeTypes& types, std::span<const Workflow* const> workflows,
                  bool for_journals = false);

  /// The node types, with the ports that instances really have.
  const Registry& registry() const { return registry_; }

  /// One problem `python_definition` for each node whose definition does not load: an error, or a warning
  /// inside of groups, since such a group fails only when it runs.
  Problems problems(const Workflow& workflow) const;
  /// One note `repeats_work` for each node whose code may do something again when a run is resumed that was
  /// cut off inside of what the node has fired. For journals only.
  Problems repeated_work(const Workflow& workflow) const;

 private:
  Registry registry_;
  std::map<std::string, DefinitionCheck, std::less<>> failed_;   ///< by node id
  std::set<std::string, std::less<>> with_work_behind_firings_;  ///< node ids
};

}  // namespace vnode
