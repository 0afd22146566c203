#include <span>
#include <string>
#include <string_view>

#include "model/value_ops.h"
#include "nodes/brief.h"
#include "nodes/native_nodes.h"

namespace vnode {
namespace {

// Parameters of a group that are not ports.
constexpr std::string_view kWorkflow = "__workflow__";
constexpr std::string_view kPortDefinitions = "__port_defs__";
constexpr std::string_view kName = "__name__";
constexpr std::string_view kInjectedValue = "_injected_value";

/// The entry of a dictionary; None where there is none, and for values that are no dictionaries.
Value entry_of(const Value& dict, std::string_view key) {
  if (!dict.is_dict()) return {};
  const Dict entries = dict.as_dict();
  const Value* found = entries.find(key);
  return found ? *found : Value();
}

std::span<const Value> list_items(const Value& list) {
  return list.is_list() ? list.as_list() : std::span<const Value>();
}

void restore_group_ports(const Dict& saved, PortSet ports) {
  const Value* definitions = saved.find(kPortDefinitions);
  if (!definitions) return;
  if (!definitions->is_list()) throw NodeFailure("__port_defs__ must be a list", "malformed_ports");
  for (const Value& definition : definitions->as_list()) {
    if (!definition.is_dict()) throw NodeFailure("__port_defs__ must hold objects", "malformed_ports");
    const Value name = entry_of(definition, "name");
    if (!truthy(name)) continue;
    if (!name.is_text()) throw NodeFailure("__port_defs__: a name must be a text", "malformed_ports");
    const Value type = entry_of(definition, "type");
    const Dict entries = definition.as_dict();
    const Value* is_input = entries.find(std::string_view("is_input"));
    Port port{.name = std::string(name.as_text()),
              .type = type.is_text() ? std::string(type.as_text()) : "any"};
    if (!is_input || truthy(*is_input)) {
      ports.add_input(std::move(port));
    } else {
      ports.add_output(std::move(port));
    }
  }
}

/// What the inner `group_in` nodes are given: the group's values under the port names that they stand for.
/// And those of the inner workflow's own parameters (engine rule 47).
Dict injected_values(const NodeContext& node, const Value& document) {
  Dict injected;
  const Value nodes = entry_of(document, "nodes");
  for (const Value& inner : list_items(nodes)) {
    const Value type = entry_of(inner, "node_id");
    if (!type.is_text() || type.as_text() != "group_in") continue;
    const Value parameters = entry_of(inner, "parameters");
    const Value port = entry_of(parameters, "port_name");
    if (!port.is_text() || port.as_text().empty() || !node.has_input(port.as_text())) continue;
    injected.set(port, node.input(port.as_text()));
  }
  const Value declared = entry_of(entry_of(document, "metadata"), "parameters");
  if (!declared.is_dict()) return injected;
  for (const Dict::Entry& parameter : declared.as_dict()) {
    if (parameter.key.is_text() && node.has_input(parameter.key.as_text()))
      injected.set(parameter.key, node.input(parameter.key.as_text()));
  }
  return injected;
}

/// Why the group failed, for people; empty when it did not.
std::string failure_of(const GroupOutcome& outcome) {
  if (!outcome.refusal.empty()) return outcome.refusal;
  if (outcome.errors.empty()) return {};
  const std::size_t others = outcome.errors.size() - 1;
  return outcome.errors.front() + (others > 0 ? " (and " + std::to_string(others) + " more)" : "");
}

Task<GroupOutcome> run_inner(NodeContext& node, const Value document) {
  if (!truthy(document)) {
    GroupOutcome outcome;
    outcome.refusal = "it holds no workflow";
    co_return outcome;
  }
  const Dict injected = injected_values(node, document);
  GroupOutcome outcome;
  try {
    outcome = co_await node.run_group(document, injected);
  } catch (const Cancelled&) {
    const std::optional<NodeFailure> expiry = node.take_expiry();
    if (!expiry) throw;
    outcome.refusal = expiry->what();
    outcome.code = expiry->code();
  }
  co_return outcome;
}

Task<Outputs> run_group_node(NodeContext& node) {
  const Value name = node.parameter(kName);
  const std::string title = "Group " + (name.is_none() ? std::string("Group") : brief(name));
  const GroupOutcome outcome = co_await run_inner(node, node.parameter(kWorkflow));
  const bool is_refused = !outcome.refusal.empty();
  for (const std::string& error : outcome.errors) node.forward_error(error);

  // Only the last try pushes outputs (engine rule 37).
  const std::string failure = title + ": " + failure_of(outcome);
  const NodeFailure group_failure(failure, outcome.code);
  if (!outcome.succeeded() && node.is_to_be_repeated(group_failure)) throw group_failure;

  Outputs outputs;
  if (!is_refused) {
    node.log_info(title + (outcome.succeeded() ? " succeeded with " : " failed with ") +
                  std::to_string(outcome.outputs.size()) + " outputs");
    for (const auto& [port, value] : outcome.outputs) {
      co_await node.set_output(port, value);  // nothing happens where no such port is declared
      outputs.set_kept(port, value);
    }
  }
  outputs.set("exec_out", outcome.succeeded());
  outputs.set("exec_fail", !outcome.succeeded());
  if (outcome.succeeded()) {
    co_await node.fire("exec_out");
    co_return outputs;
  }
  node.forward_error(failure);
  co_await node.fire("exec_fail");
  // Nobody handles it, so it must not pass for a success (engine rule 30).
  if (!node.is_output_wired("exec_fail")) throw group_failure;
  co_return outputs;
}

Task<Outputs> run_group_out(NodeContext& node) {
  const Value value = node.input("value");
  co_await node.fire("exec_out");
  Outputs outputs;
  outputs.append("value", value);
  outputs.append("exec_out", true);
  co_return outputs;
}

}  // namespace

void add_group_nodes(NodeLibrary& library) {
  library.add({.definition = {.node_id = "group_in",
                              .name = "group_in",
                              .category = "Group",
                              .description = "Inside a group: the value of one of its inputs.",
                              .use_exec = false,
                              .inputs = {{"port_name", "string", "", "text"}},
                              .outputs = {{"value"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return {{"value", call.input(kInjectedValue)}};
               },
               .shape = Shape::kReturnOnly,
               .hidden = true});

  library.add({.definition = {.node_id = "group_out",
                              .name = "group_out",
                              .category = "Group",
                              .description = "Inside a group: the value of one of its outputs.",
                              .inputs = {{"port_name", "string", "", "text"}, {"value"}},
                              .outputs = {{"value"}}},
               .execute = run_group_out,
               .hidden = true});

  library.add({.definition = {.node_id = "group_node",
                              .name = "group_node",
                              .category = "Group",
                              .description = "Runs a workflow of its own as one node.",
                              .outputs = {{"exec_fail", "exec"}}},
               .execute = run_group_node,
               .restore_ports = restore_group_ports,
               .contents = NodeType::Contents::kGroup,
               .hidden = true});
}

}  // namespace vnode
