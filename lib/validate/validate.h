#pragma once

#include "graph/graph.h"
#include "model/problem.h"
#include "model/workflow.h"
#include "registry/registry.h"

namespace vnode {

/// Checks a workflow that could be read against the known node types: every problem at once, with the
/// severities of workflow_format.md, section 5. Errors mean that nothing may run.
///
/// Codes, errors: unknown_node, unusable_node, missing_end (a connection from or to a node that does not
/// exist), cycle (in data-flow mode), bad_ports (dynamic ports that cannot be restored). Codes, warnings:
/// missing_port, unused_parameter, unused_settings, wired_value (a saved value of a wired input that is not
/// its default), feedback_cycle, no_start, unreachable, unconnected, several_sources, type_mismatch,
/// repeated_connection, group_problem (anything inside a group, with its nested pointer; what would be an
/// error makes the group fail when it runs, and the message says so). Of each code the first 100 warnings, or
/// 1,000 errors, are reported, and how many more there are. Linear time.
Problems validate(const Workflow& workflow, const Graph& graph, const Registry& registry);

/// The errors only, at the cost that starting a run may have.
Problems find_errors(const Workflow& workflow, const Graph& graph, const Registry& registry);

}  // namespace vnode
