#include "apps/vnode/completion/workflow_names.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "apps/vnode/completion/yaml_outline.h"
#include "apps/vnode/local/workflow_source.h"
#include "apps/vnode/nodes/node_types.h"
#include "base/text_file.h"
#include "engine/node_address.h"
#include "model/workflow_parameters.h"
#include "model/workflow_reader.h"

namespace vnode {
namespace {

bool is_yaml_file(const WorkflowAtHand& workflow) {
  if (!workflow.form.empty()) return workflow.form == "yaml";
  return workflow.file.ends_with(".yaml") || workflow.file.ends_with(".yml");
}

bool is_readable_file(const std::string& file) {
  std::error_code error;
  return std::filesystem::is_regular_file(file, error);
}

std::vector<std::string> truth_values() { return {"true", "false"}; }

WorkflowNames names_of_outline(const YamlOutline& outline) {
  WorkflowNames names;
  for (const YamlOutline::Entry& node : outline.nodes) names.nodes.push_back({node.name, node.type});
  for (const YamlOutline::Entry& entry : outline.parameters) {
    names.parameters.push_back({.name = entry.name,
                                .help = entry.description.empty() ? entry.type : entry.description,
                                .options = entry.type == "bool" ? truth_values() : entry.options,
                                .is_path = entry.type == "path"});
  }
  return names;
}

WorkflowNames names_of_workflow(const Workflow& workflow) {
  WorkflowNames names;
  const std::vector<std::string> words = node_words(workflow);
  for (std::size_t i = 0; i < workflow.nodes.size(); ++i)
    names.nodes.push_back({words[i], workflow.nodes[i].node_id});
  Problems unused;
  const WorkflowParameters parameters = WorkflowParameters::read(workflow, unused);
  for (const Parameter& parameter : parameters.declared()) {
    WorkflowNames::Parameter named{.name = parameter.name,
                                   .help = parameter.description,
                                   .options = {},
                                   .is_path = parameter.type == ParameterType::kPath};
    if (named.help.empty()) named.help = parameter_type_name(parameter.type);
    if (parameter.type == ParameterType::kBool) named.options = truth_values();
    for (const Value& option : parameter.options) {
      if (option.is_text()) named.options.emplace_back(option.as_text());
    }
    names.parameters.push_back(std::move(named));
  }
  return names;
}

std::optional<Workflow> read_whole(const WorkflowAtHand& workflow, const Registry& registry) {
  const WorkflowForm form = is_yaml_file(workflow) ? WorkflowForm::kYaml : WorkflowForm::kJson;
  const Result<WorkflowSource> source =
      read_workflow_source(workflow.file, {.form = form, .encoding = workflow.flags.encoding},
                           [&registry]() -> const Registry& { return registry; });
  if (!source || has_errors(source->problems)) return std::nullopt;
  return read_workflow(source->text).workflow;
}

NodePorts ports_of_type(const Registry& registry, const std::string& type_name) {
  NodePorts ports;
  const NodeTypePtr type = registry.find(type_name);
  if (!type) return ports;
  ports.settable = type->definition.inputs;
  ports.outputs = type->definition.outputs;
  return ports;
}

NodePorts ports_in_workflow(const Workflow& workflow, std::size_t index, const Registry& registry) {
  NodePorts ports;
  const NodeInstance& node = workflow.nodes[index];
  std::set<std::string_view> wired;
  for (const Connection& connection : workflow.connections) {
    if (connection.to_node == node.instance_id) wired.insert(connection.to_port);
  }
  const std::optional<InstancePorts> all = instance_ports(node, registry);
  if (!all) return ports;
  for (const Port& port : all->inputs) {
    if (!wired.contains(port.name)) ports.settable.push_back(port);
  }
  ports.outputs = all->outputs;
  return ports;
}

}  // namespace

WorkflowNames workflow_names(const WorkflowAtHand& workflow) {
  if (!is_readable_file(workflow.file)) return {};
  const Result<TextFile> text = read_text_file(workflow.file, workflow.flags.encoding);
  if (!text) return {};
  if (is_yaml_file(workflow)) return names_of_outline(read_yaml_outline(text->text));
  const WorkflowReading reading = read_workflow(text->text);
  return reading.workflow ? names_of_workflow(*reading.workflow) : WorkflowNames();
}

NodePorts ports_of(const WorkflowAtHand& workflow, const WorkflowNames::Node& node) {
  const Result<Settings> in_force = Settings::load(workflow.flags);
  if (!in_force) return {};
  const NodeTypes types = load_node_types(*in_force);
  NodePorts ports;
  const std::optional<Workflow> whole = read_whole(workflow, types.registry);
  Problems unknown;
  const auto address = whole ? resolve_address(*whole, node.word, "", unknown) : std::nullopt;
  ports = address ? ports_in_workflow(*whole, address->node, types.registry)
                  : ports_of_type(types.registry, node.type);
  for (std::vector<Port>* kind : {&ports.settable, &ports.outputs})
    std::erase_if(*kind, [](const Port& port) { return port.is_exec(); });
  return ports;
}

}  // namespace vnode
