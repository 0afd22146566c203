#include "apps/vnode/nodes/used_definitions.h"

#include "apps/vnode/nodes/node_visit.h"
#include "validate/problem_list.h"

namespace vnode {
namespace {

std::vector<NodeTypePtr> definitions_in(const Registry& registry,
                                        std::span<const Workflow* const> workflows) {
  std::map<std::string, NodeTypePtr, std::less<>> found;
  for (const Workflow* workflow : workflows) {
    visit_nodes(*workflow, [&](const NodeInstance& node, const NodePlace&) {
      if (found.contains(node.node_id)) return;
      found[node.node_id] = registry.find(node.node_id);
    });
  }
  std::vector<NodeTypePtr> types;
  for (const auto& [id, type] : found) {
    if (type && is_python(*type)) types.push_back(type);
  }
  return types;
}

/// The type, with the ports that its constructor makes.
NodeTypePtr with_real_ports(const DefinitionCheck& check) {
  auto type = std::make_shared<NodeType>(*check.type);
  type->definition.inputs = check.inputs;
  type->definition.outputs = check.outputs;
  type->probably_has_hook = check.has_hook;
  return type;
}

Problem problem_of(const NodeInstance& node, const NodePlace& place, const DefinitionCheck& check) {
  const DefinitionCheck::Failure& failure = *check.failure;
  std::string message =
      node_label(node) + ": its definition (" + check.type->origin + ") does not load: " + failure.message;
  if (failure.line) message += " (line " + std::to_string(*failure.line) + " of its python_code)";
  if (place.is_nested()) {
    message = "in the group " + place.group_label() + ": " + message + "; the group fails when it runs";
  }
  return {.pointer = place.pointer(),
          .message = std::move(message),
          .hint = "mend that file, and try 'vnode nodes show " + node.node_id + "'",
          .node = node_label(node),
          .traceback = failure.traceback};
}

}  // namespace

UsedDefinitions::UsedDefinitions(const NodeTypes& types, std::span<const Workflow* const> workflows,
                                 bool for_journals)
    : registry_(types.registry) {
  const std::vector<NodeTypePtr> used = definitions_in(registry_, workflows);
  for (DefinitionCheck& check : check_definitions(*types.python, used, kLoadTimeout, for_journals)) {
    const NodeDefinition& definition = check.type->definition;
    if (check.has_work_behind_firings && !definition.fires_last && definition.is_recorded.value_or(true))
      with_work_behind_firings_.insert(definition.node_id);
    if (check.failure) {
      const std::string id = check.type->definition.node_id;
      failed_.insert_or_assign(id, std::move(check));
    } else {
      registry_.add(with_real_ports(check));
    }
  }
}

Problems UsedDefinitions::repeated_work(const Workflow& workflow) const {
  ProblemList problems;
  if (with_work_behind_firings_.empty()) return {};
  visit_nodes(workflow, [&](const NodeInstance& node, const NodePlace& place) {
    if (!with_work_behind_firings_.contains(node.node_id)) return;
    problems.add(Severity::kNote, "repeats_work", [&] {
      return Problem{
          .pointer = place.pointer(),
          .message = node_label(node) +
                     ": its code may go on after it has fired; cut off in between, it does all of it "
                     "again when the run is resumed",
          .hint =
              "let nothing but a return of names and constants follow the last firing, or say "
              "\"fires_last\": true in its definition",
          .node = node_label(node)};
    });
  });
  return problems.take();
}

Problems UsedDefinitions::problems(const Workflow& workflow) const {
  ProblemList problems;
  if (failed_.empty()) return {};
  visit_nodes(workflow, [&](const NodeInstance& node, const NodePlace& place) {
    const auto check = failed_.find(node.node_id);
    if (check == failed_.end()) return;
    problems.add(place.is_nested() ? Severity::kWarning : Severity::kError, "python_definition",
                 [&] { return problem_of(node, place, check->second); });
  });
  return problems.take();
}

}  // namespace vnode
