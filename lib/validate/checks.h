#pragma once

#include <functional>

#include "validate/problem_list.h"
#include "validate/subject.h"
#include "validate/validate.h"

/// The checks that `validate` is made of, one file each. All are linear in the size of the workflow.
namespace vnode {

/// Errors: unknown_node, unusable_node, bad_ports. Warnings: definition_set_aside.
void check_nodes(const Subject& subject, ProblemList& problems);

/// Errors: missing_end.
void check_ends(const Workflow& workflow, const Graph& graph, ProblemList& problems);

/// Whose declared ports are taken for those that instances have.
enum class PortTrust {
  kAll,     ///< also definitions that a runtime executes, whose instances may turn out to have others
  kNative,  ///< types that are as they are declared
};

/// Warnings: missing_port.
void check_missing_ports(const Subject& subject, PortTrust trust, ProblemList& problems);

/// Warnings: type_mismatch.
void check_port_types(const Subject& subject, ProblemList& problems);

/// Warnings: several_sources, repeated_connection.
void check_fan_in(const Subject& subject, ProblemList& problems);

/// Notes: unused_parameter, idle_values.
void check_parameters(const Subject& subject, ProblemList& problems);

/// Saved values of which a node's type knows that they are a mistake. Errors: bad_command, bad_value.
void check_saved_values(const Subject& subject, ProblemList& problems);

/// What `__vnode__` asks for. Errors: bad_setting. Warnings: unused_setting.
void check_settings(const Subject& subject, ProblemList& problems);

/// Native nodes tell by themselves of file names, when they run.
enum class FileNamesOf { kAll, kRuntimes, kNatives };

/// Saved values of inputs that name files, which no rule of the run maps. Warnings: windows_path.
void check_file_names(const Subject& subject, FileNamesOf nodes, ProblemList& problems);

/// In data-flow mode. Errors: cycle.
void check_data_cycles(const Subject& subject, ProblemList& problems);

/// In flow mode. Warnings: feedback_cycle (a note where data goes round through nodes that exec wires run,
/// which is how results are fed back), no_start, unreachable, unconnected.
void check_flow(const Subject& subject, ProblemList& problems);

/// Bodies of parallel maps (engine rule 44). Errors: map_wire. Warnings: map_init.
void check_maps(const Subject& subject, ProblemList& problems);

/// All checks above.
void check_one_workflow(const Subject& subject, ProblemList& problems);

/// Of the checks above those that matter to who starts a run: all errors, and the warnings that tell of
/// something that would run differently from what its author meant.
void check_one_before_run(const Subject& subject, ProblemList& problems);

/// The same for who does not see what native nodes tell by themselves.
void check_one_before_submission(const Subject& subject, ProblemList& problems);

/// What nodes need that they could never have. Errors: no_such_resource, too_much.
void check_resources(const Subject& subject, const ResourceOffer& offer, ProblemList& problems);

/// Executors that nodes or their definitions name. Errors: unknown_executor. Notes: executor_without_stop.
void check_executors(const Subject& subject, std::span<const KnownExecutor> executors, ProblemList& problems);

/// What an error inside a group means.
enum class InsideGroups {
  kWarning,  ///< the group fails when it runs
  kError,    ///< nothing may run
};

/// Everything that `check` finds inside groups, at any depth. Warnings or errors, and of notes notes:
/// group_problem.
void check_groups(const Workflow& workflow, TypeCache& types,
                  const std::function<void(const Subject&, ProblemList&)>& check, ProblemList& problems,
                  InsideGroups errors = InsideGroups::kWarning);

}  // namespace vnode
