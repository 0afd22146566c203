#include "unit/yaml/lowering_support.h"

#include <gtest/gtest.h>

#include "base/spelling.h"
#include "model/json_writer.h"
#include "nodes/native_nodes.h"

namespace vnode::test {
namespace {

Outputs no_outputs(NodeCall&) { return {}; }

NodeType type_of(std::string id, std::vector<Port> inputs, std::vector<Port> outputs) {
  return {.definition = {.node_id = std::move(id),
                         .name = "",
                         .inputs = std::move(inputs),
                         .outputs = std::move(outputs)},
          .compute = no_outputs};
}

Registry make_registry() {
  NodeLibrary library;
  add_native_nodes(library);
  library.add(type_of("frame_range", {{"text", "string"}}, {{"frames", "list"}}));
  library.add(type_of("file_write", {{"path", "path"}, {"text", "string"}}, {}));
  NodeType command = type_of("run_command", {{"command"}}, {{"exec_fail", "exec"}, {"stdout", "string"}});
  command.takes_any_input = true;
  library.add(std::move(command));
  NodeType each =
      type_of("Parallel For Each", {{"exec_in", "exec"}, {"collection"}, {"max_concurrency", "int"}},
              {{"each_item", "exec"}, {"exec_on_finished", "exec"}, {"current_item"}});
  each.definition.use_exec = false;
  library.add(std::move(each));
  library.add(type_of("any_values",
                      {{"a"}, {"b"}, {"type"}, {"number", "int"}, {"text", "string"}, {"path", "path"}},
                      {{"x"}, {"y"}}));
  NodeType two =
      type_of("two_exec_inputs", {{"one", "exec"}, {"two", "exec"}}, {{"left", "exec"}, {"right", "exec"}});
  two.definition.use_exec = false;
  library.add(std::move(two));
  Registry registry;
  registry.add_library(library);
  return registry;
}

std::string name_of(const Workflow& workflow, const Uuid& id) {
  for (const NodeInstance& node : workflow.nodes) {
    if (node.instance_id != id) continue;
    const Value* name = node.parameters.find(std::string_view("__name__"));
    return name ? std::string(name->as_text()) : node.node_id;
  }
  return "?";
}

}  // namespace

const Registry& yaml_registry() {
  static const Registry registry = make_registry();
  return registry;
}

YamlReading lower(const std::string& text) {
  YamlReading reading = read_yaml_workflow("flow.yaml", text, yaml_registry());
  for (const Problem& problem : reading.problems) {
    EXPECT_NE(problem.severity, Severity::kError) << problem.source.line << ":" << problem.source.column
                                                  << ": " << problem.message << " " << problem.hint;
  }
  return reading;
}

Workflow lowered_workflow(const std::string& text) {
  const YamlReading reading = lower(text);
  if (reading.document.is_unset()) return {};
  WorkflowReading workflow = read_workflow(reading.document, "");
  EXPECT_TRUE(workflow.workflow) << (workflow.problems.empty() ? "" : workflow.problems.front().message);
  return workflow.workflow.value_or(Workflow());
}

std::string first_problem(const std::string& text, Severity severity) {
  const YamlReading reading = read_yaml_workflow("flow.yaml", text, yaml_registry());
  for (const Problem& problem : reading.problems) {
    if (problem.severity != severity) continue;
    return std::to_string(problem.source.line) + ":" + std::to_string(problem.source.column) + " " +
           problem.code + ": " + with_hint(problem.message, problem.hint);
  }
  return "none";
}

Value lowered_value(const std::string& type, const std::string& port, const std::string& yaml) {
  const Workflow workflow =
      lowered_workflow("nodes:\n  n:\n    type: " + type + "\n    " + port + ": " + yaml + "\n");
  if (workflow.nodes.empty()) return Value::unset();
  const Value* value = workflow.nodes.front().parameters.find(port);
  return value ? *value : Value::unset();
}

std::string wires_of(const Workflow& workflow) {
  std::string text;
  for (const Connection& wire : workflow.connections) {
    text += (text.empty() ? "" : ", ") + name_of(workflow, wire.from_node) + "." + wire.from_port +
            (wire.is_exec ? " => " : " -> ") + name_of(workflow, wire.to_node) + "." + wire.to_port;
  }
  return text;
}

const NodeInstance& node_named(const Workflow& workflow, std::string_view name) {
  for (const NodeInstance& node : workflow.nodes) {
    if (name_of(workflow, node.instance_id) == name) return node;
  }
  ADD_FAILURE() << "no node " << name;
  static const NodeInstance none;
  return none;
}

}  // namespace vnode::test
