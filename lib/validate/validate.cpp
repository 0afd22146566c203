#include "validate/validate.h"

#include "validate/checks.h"

namespace vnode {

void check_one_workflow(const Subject& subject, ProblemList& problems) {
  check_nodes(subject, problems);
  check_ends(subject.workflow(), subject.graph(), problems);
  check_missing_ports(subject, PortTrust::kAll, problems);
  check_port_types(subject, problems);
  check_fan_in(subject, problems);
  check_parameters(subject, problems);
  check_saved_values(subject, problems);
  check_settings(subject, problems);
  check_file_names(subject, FileNamesOf::kAll, problems);
  check_data_cycles(subject, problems);
  check_maps(subject, problems);
  check_flow(subject, problems);
}

void check_one_before_run(const Subject& subject, ProblemList& problems) {
  check_nodes(subject, problems);
  check_ends(subject.workflow(), subject.graph(), problems);
  check_missing_ports(subject, PortTrust::kNative, problems);
  check_saved_values(subject, problems);
  check_settings(subject, problems);
  check_file_names(subject, FileNamesOf::kRuntimes, problems);
  check_data_cycles(subject, problems);
  check_maps(subject, problems);
}

void check_one_before_submission(const Subject& subject, ProblemList& problems) {
  check_one_before_run(subject, problems);
  check_file_names(subject, FileNamesOf::kNatives, problems);
}

Problems validate(const Workflow& workflow, const Graph& graph, const Registry& registry,
                  const PathMap* path_map) {
  ProblemList problems;
  TypeCache types(registry, path_map);
  check_one_workflow(Subject(workflow, graph, types), problems);
  check_groups(workflow, types, check_one_workflow, problems);
  return problems.take();
}

Problems validate_before_run(const Workflow& workflow, const Graph& graph, const Registry& registry,
                             const PathMap* path_map) {
  ProblemList problems;
  TypeCache types(registry, path_map);
  check_one_before_run(Subject(workflow, graph, types), problems);
  return problems.take();
}

Problems validate_native_file_names(const Workflow& workflow, const Graph& graph, const Registry& registry,
                                    const PathMap* path_map) {
  ProblemList problems;
  TypeCache types(registry, path_map);
  check_file_names(Subject(workflow, graph, types), FileNamesOf::kNatives, problems);
  return problems.take();
}

Problems validate_groups_before_run(const Workflow& workflow, const Registry& registry, Beginning beginning,
                                    const PathMap* path_map) {
  ProblemList problems;
  TypeCache types(registry, path_map);
  const bool is_submission = beginning == Beginning::kSubmission;
  check_groups(workflow, types, is_submission ? check_one_before_submission : check_one_before_run, problems);
  return problems.take();
}

Problems validate_executors(const Workflow& workflow, const Graph& graph, const Registry& registry,
                            std::span<const KnownExecutor> executors) {
  ProblemList problems;
  TypeCache types(registry);
  const auto check = [executors](const Subject& subject, ProblemList& found) {
    check_executors(subject, executors, found);
  };
  check(Subject(workflow, graph, types), problems);
  check_groups(workflow, types, check, problems, InsideGroups::kError);
  return problems.take();
}

Problems validate_resources(const Workflow& workflow, const Graph& graph, const Registry& registry,
                            const ResourceOffer& offer) {
  ProblemList problems;
  TypeCache types(registry);
  const auto check = [&offer](const Subject& subject, ProblemList& found) {
    check_resources(subject, offer, found);
  };
  check(Subject(workflow, graph, types), problems);
  check_groups(workflow, types, check, problems, InsideGroups::kError);
  return problems.take();
}

}  // namespace vnode
