// Workflows inside groups: rules 29 and 30.
#include "engine/execution.h"
#include "engine/level.h"
#include "engine/parameter_values.h"
#include "model/workflow_reader.h"

namespace vnode {
namespace {

std::string first_error(const Problems& problems) {
  for (const Problem& problem : problems) {
    if (problem.severity == Severity::kError) return problem.pointer + ": " + problem.message;
  }
  return "it cannot be read";
}

/// Rule 47: the parameters of a workflow that a group runs are what its ports of these names have.
void fill_from_ports(Workflow& workflow, const Dict& injected, Problems& problems) {
  const WorkflowParameters parameters = WorkflowParameters::read(workflow, problems);
  if (has_errors(problems)) return;
  std::vector<Override> values;
  for (const Dict::Entry& entry : injected) {
    if (!entry.key.is_text() || !parameters.find(entry.key.as_text()) || entry.value.is_none()) continue;
    values.push_back({.target = std::string(entry.key.as_text()), .value = entry.value});
  }
  const Dict known = parameter_values(parameters, workflow, values, problems);
  if (!has_errors(problems)) parameters.fill(workflow, known);
}

}  // namespace

Task<GroupOutcome> Level::run_group(Chain& chain, Instance& node, Value document, Dict injected) {
  GroupOutcome outcome;
  // A group in a loop, or in the body of a map, runs the same document each time, unless its ports change it.
  Instance* keeper = &node;
  while (keeper->outer) keeper = keeper->outer;
  RareState& rare = keeper->rare_state();
  const bool has_parameters = declares_parameters(document);
  if (!rare.group_plan || has_parameters || !rare.group_document.is_same_object(document)) {
    WorkflowReading reading = read_workflow(document, "/parameters/__workflow__");
    rare.group_plan = nullptr;
    if (reading.workflow && has_parameters) fill_from_ports(*reading.workflow, injected, reading.problems);
    if (reading.workflow && !has_errors(reading.problems) && data().registry) {
      rare.group_plan = Plan::make(std::move(*reading.workflow), *data().registry, reading.problems,
                                   run_.options.path_map.get());
    }
    if (!rare.group_plan) {
      outcome.refusal = "the workflow inside is not valid: " + first_error(reading.problems);
      co_return outcome;
    }
    rare.group_document = document;
  }
  std::shared_ptr<const Plan> plan = rare.group_plan;  // other items may come to run another one
  const LevelPath path = LevelPath::of_group(path_, node.id(), node.executions);
  const SlotIndex exec_fail = node.layout->find(kExecFail);
  const bool has_handler = exec_fail != kNoSlot && is_wired(node, exec_fail);
  // A failure after which it is tried again is none of the run's either.
  Tries* const tries = node.execution ? node.execution->tries() : nullptr;
  const bool may_be_repeated = tries && tries->may_repeat(node.execution->has_pushed());
  const LevelContext context{.path = &path,
                             .failures_are_handled = has_handler || may_be_repeated,
                             .reports_error_logs = reports_error_logs(node),
                             .outer = this,
                             .node = &node,
                             .host = host_};
  Problems problems;
  std::unique_ptr<RuntimeLevel> runtime_level =
      co_await RuntimeLevel::open(run_, &path, plan, host_, problems);
  if (has_errors(problems)) {
    outcome.refusal = "the workflow inside cannot run: " + first_error(problems);
    co_return outcome;
  }
  if (rare.group_document.is_same_object(document)) rare.group_plan = plan;
  auto inner = std::make_unique<Level>(run_, std::move(plan), context, std::move(runtime_level));
  inner->inject(injected);
  co_await inner->execute(chain);
  outcome.outputs = inner->group_outputs();
  outcome.errors = inner->errors();
  if (outcome.errors.empty() && inner->has_failures()) outcome.errors.push_back("a node inside did not run");
  if (inner->has_error_logs()) node.has_error_logs = true;
  // What a failure has logged is handled with it; where nothing failed, nobody has seen to the logs.
  if (!has_handler || outcome.errors.empty()) error_logs_of(node).add(inner->error_logs());
  co_return outcome;
}

std::vector<std::pair<std::string, Value>> Level::group_outputs() const {
  std::vector<std::pair<std::string, Value>> outputs;
  for (const Instance& node : instances_) {
    if (node.node_type() != kGroupOut) continue;
    const SlotIndex name = node.layout->find(kPortName);
    const SlotIndex slot = node.layout->find("value");
    if (name == kNoSlot || !node.parameters[name].is_text() || node.parameters[name].as_text().empty())
      continue;
    Value value = slot == kNoSlot ? Value() : node.results[slot];
    for (const InWire& wire : part(data().in_wires, node.plan->in_wires)) {
      if (wire.target_slot == slot) value = instances_[wire.source].results[wire.source_slot];
    }
    outputs.emplace_back(node.parameters[name].as_text(), value.is_unset() ? Value() : value);
  }
  return outputs;
}

}  // namespace vnode
