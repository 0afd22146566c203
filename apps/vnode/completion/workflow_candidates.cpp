#include "apps/vnode/completion/workflow_candidates.h"

#include <vector>

#include "apps/vnode/completion/workflow_names.h"
#include "apps/vnode/nodes/node_types.h"

namespace vnode {
namespace {

/// The node whose ports `text` begins to name: the longest name counts, since ports may contain dots.
const WorkflowNames::Node* named_node(const WorkflowNames& names, std::string_view text) {
  const WorkflowNames::Node* longest = nullptr;
  for (const WorkflowNames::Node& node : names.nodes) {
    const bool is_named =
        text.size() > node.word.size() && text.starts_with(node.word) && text[node.word.size()] == '.';
    if (is_named && (!longest || node.word.size() > longest->word.size())) longest = &node;
  }
  return longest;
}

std::string port_help(const Port& port) {
  std::string help = port.type;
  for (std::size_t i = 0; i < port.options.size(); ++i) help += (i == 0 ? ": " : ", ") + port.options[i];
  return help;
}

/// Values behind "NAME=", or files where one is to be named.
void add_values(Completion& completion, const std::string& before, std::string_view beginning,
                const std::vector<std::string>& values, bool is_path) {
  completion.kind = Completion::Kind::kWords;
  const std::size_t start = before.size();
  const bool is_file = beginning.substr(start).starts_with("@");
  if (is_path || is_file) {
    completion.kind = Completion::Kind::kFiles;
    completion.before += before + (is_file ? "@" : "");
    return;
  }
  for (const std::string& value : values) completion.add(beginning, before + value);
}

void add_value_of_input(Completion& completion, const WorkflowAtHand& workflow, const WorkflowNames& names,
                        std::string_view beginning) {
  const std::size_t equals = beginning.find('=');
  const std::string before(beginning.substr(0, equals + 1));
  const std::string_view name = beginning.substr(0, equals);
  for (const WorkflowNames::Parameter& parameter : names.parameters) {
    if (parameter.name == name)
      return add_values(completion, before, beginning, parameter.options, parameter.is_path);
  }
  const WorkflowNames::Node* node = named_node(names, name);
  if (!node) return;
  for (const Port& port : ports_of(workflow, *node).settable) {
    if (port.name != name.substr(node->word.size() + 1)) continue;
    const bool is_switch = port.type == "bool" && port.options.empty();
    return add_values(completion, before, beginning,
                      is_switch ? std::vector<std::string>{"true", "false"} : port.options,
                      port.names_file());
  }
  add_values(completion, before, beginning, {}, false);
}

}  // namespace

void add_nodes(Completion& completion, const WorkflowAtHand& workflow, std::string_view beginning) {
  for (const WorkflowNames::Node& node : workflow_names(workflow).nodes)
    completion.add(beginning, node.word, node.type);
}

void add_outputs(Completion& completion, const WorkflowAtHand& workflow, std::string_view beginning,
                 bool needs_port) {
  const WorkflowNames names = workflow_names(workflow);
  if (const WorkflowNames::Node* node = named_node(names, beginning)) {
    for (const Port& port : ports_of(workflow, *node).outputs)
      completion.add(beginning, node->word + "." + port.name, port_help(port));
    if (!completion.candidates.empty()) return;
  }
  for (const WorkflowNames::Node& node : names.nodes)
    completion.add(beginning, node.word + (needs_port ? "." : ""), node.type);
  if (needs_port) completion.kind = Completion::Kind::kOpenWords;
}

void add_settable(Completion& completion, const WorkflowAtHand& workflow, std::string_view beginning) {
  const WorkflowNames names = workflow_names(workflow);
  if (beginning.find('=') != beginning.npos)
    return add_value_of_input(completion, workflow, names, beginning);
  completion.kind = Completion::Kind::kOpenWords;
  if (const WorkflowNames::Node* node = named_node(names, beginning)) {
    for (const Port& port : ports_of(workflow, *node).settable)
      completion.add(beginning, node->word + "." + port.name + "=", port_help(port));
    if (!completion.candidates.empty()) return;
  }
  for (const WorkflowNames::Parameter& parameter : names.parameters)
    completion.add(beginning, parameter.name + "=", parameter.help);
  for (const WorkflowNames::Node& node : names.nodes) completion.add(beginning, node.word + ".", node.type);
}

void add_node_types(Completion& completion, const SettingFlags& flags, std::string_view beginning) {
  const Result<Settings> in_force = Settings::load(flags);
  if (!in_force) return;
  const NodeTypes types = load_node_types(*in_force);
  for (const NodeTypePtr& type : types.registry.types())
    completion.add(beginning, type->definition.node_id, type->definition.description);
}

}  // namespace vnode
