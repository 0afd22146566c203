#include "validate/validate.h"

#include "validate/checks.h"

namespace vnode {

void check_one_workflow(const Subject& subject, ProblemList& problems) {
  check_nodes(subject, problems);
  check_ends(subject.workflow(), subject.graph(), problems);
  check_ports(subject, problems);
  check_fan_in(subject, problems);
  check_parameters(subject, problems);
  check_data_cycles(subject, problems);
  check_flow(subject, problems);
}

Problems validate(const Workflow& workflow, const Graph& graph, const Registry& registry) {
  ProblemList problems;
  TypeCache types(registry);
  check_one_workflow(Subject(workflow, graph, types), problems);
  check_groups(workflow, types, problems);
  return problems.take();
}

Problems find_errors(const Workflow& workflow, const Graph& graph, const Registry& registry) {
  ProblemList problems;
  TypeCache types(registry);
  const Subject subject(workflow, graph, types);
  check_nodes(subject, problems);
  check_ends(workflow, graph, problems);
  check_data_cycles(subject, problems);
  return problems.take();
}

}  // namespace vnode
