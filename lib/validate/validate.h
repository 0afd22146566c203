#pragma once

#include <optional>
#include <string>

#include "graph/graph.h"
#include "model/path_map.h"
#include "model/problem.h"
#include "model/resource_amounts.h"
#include "model/workflow.h"
#include "registry/registry.h"

namespace vnode {

/// Checks a workflow that could be read against the known node types: every problem at once, with the
/// severities of workflow_format.md, section 5. Errors mean that nothing may run.
///
/// Codes, errors: unknown_node, unusable_node, missing_end (a connection from or to a node that does not
/// exist), cycle (in data-flow mode), bad_ports (dynamic ports that cannot be restored), bad_setting (in
/// an instance's `__vnode__`), bad_value (of a saved input, as its type judges), map_wire (around the body of
/// a parallel map). Codes, warnings: map_init, missing_port, definition_set_aside (a definition of a used id
/// does not load, and something else runs in its place), unused_setting, windows_path, feedback_cycle,
/// no_start, unreachable, unconnected, several_sources, type_mismatch, repeated_connection, group_problem
/// (anything inside a group, with its nested pointer; what would be an error makes the group fail when it
/// runs, and the message says so). Codes, notes: unused_parameter, idle_values (how many saved values no run
/// uses: one for all), feedback_cycle where a result is fed back. Of each code the first 100 warnings, or
/// 1,000 errors, are reported, and how many more there are. Linear time. `path_map`: what the run will have
/// (engine rule 39), for paths that it maps; null: none.
Problems validate(const Workflow& workflow, const Graph& graph, const Registry& registry,
                  const PathMap* path_map = nullptr);

/// What who starts a run must know, at the cost that starting may have: all errors, and of the warnings
/// missing_port (on types whose ports are known before their instances are made), definition_set_aside,
/// unused_setting and windows_path (of types that a runtime executes; native nodes tell when they run).
Problems validate_before_run(const Workflow& workflow, const Graph& graph, const Registry& registry,
                             const PathMap* path_map = nullptr);

/// Who starts a run sees its stream, in which native nodes tell of Windows paths; who submits one does not.
enum class Beginning { kRun, kSubmission };

/// What native nodes are going to tell of: windows_path.
Problems validate_native_file_names(const Workflow& workflow, const Graph& graph, const Registry& registry,
                                    const PathMap* path_map = nullptr);

/// As `validate_before_run`, and for a submission with what native nodes are going to tell of, of everything
/// inside groups: for the outermost workflow only, once.
Problems validate_groups_before_run(const Workflow& workflow, const Registry& registry,
                                    Beginning beginning = Beginning::kRun, const PathMap* path_map = nullptr);

/// An executor that nodes can name (rules of lib/executor).
struct KnownExecutor {
  std::string name;
  bool is_stoppable = true;  ///< what runs there can be ended
};

/// Executors that nodes name and that are not among these: errors (unknown_executor); those that are and
/// cannot be ended: notes (executor_without_stop). Also inside groups (group_problem).
Problems validate_executors(const Workflow& workflow, const Graph& graph, const Registry& registry,
                            std::span<const KnownExecutor> executors);

/// What the nodes of a run may use of named resources (engine rule 40).
struct ResourceOffer {
  ResourceAmounts total = {};                             ///< of each that there is
  std::optional<ResourceAmounts> general = std::nullopt;  ///< what nodes need for which nothing else says it
  std::string whose = "the run";                          ///< who has them, for messages
  std::string hint = {};                                  ///< what can be done, for messages
};

/// What nodes need that they could never have, also inside groups: all of it errors (no_such_resource,
/// too_much; group_problem).
Problems validate_resources(const Workflow& workflow, const Graph& graph, const Registry& registry,
                            const ResourceOffer& offer);

}  // namespace vnode
