#pragma once

#include "validate/problem_list.h"
#include "validate/subject.h"

/// The checks that `validate` is made of, one file each. All are linear in the size of the workflow.
namespace vnode {

/// Errors: unknown_node, unusable_node, bad_ports.
void check_nodes(const Subject& subject, ProblemList& problems);

/// Errors: missing_end.
void check_ends(const Workflow& workflow, const Graph& graph, ProblemList& problems);

/// Warnings: missing_port, type_mismatch.
void check_ports(const Subject& subject, ProblemList& problems);

/// Warnings: several_sources, repeated_connection.
void check_fan_in(const Subject& subject, ProblemList& problems);

/// Warnings: unused_parameter, wired_value.
void check_parameters(const Subject& subject, ProblemList& problems);

/// In data-flow mode. Errors: cycle.
void check_data_cycles(const Subject& subject, ProblemList& problems);

/// In flow mode. Warnings: feedback_cycle, no_start, unreachable, unconnected.
void check_flow(const Subject& subject, ProblemList& problems);

/// Everything that is wrong inside groups, at any depth. Warnings: group_problem.
void check_groups(const Workflow& workflow, TypeCache& types, ProblemList& problems);

/// All checks above but the last.
void check_one_workflow(const Subject& subject, ProblemList& problems);

}  // namespace vnode
