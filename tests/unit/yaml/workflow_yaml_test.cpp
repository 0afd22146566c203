#include "yaml/workflow_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/value_ops.h"
#include "model/workflow_writer.h"
#include "unit/yaml/lowering_support.h"

namespace vnode {
namespace {

using test::lowered_workflow;
using test::yaml_registry;
using testing::HasSubstr;
using testing::Not;

Workflow from_json(const std::string& text) {
  WorkflowReading reading = read_workflow(text);
  EXPECT_TRUE(reading.workflow) << text;
  return reading.workflow.value_or(Workflow());
}

std::string id(int number) { return "00000000-0000-4000-8000-00000000000" + std::to_string(number); }

std::string node(int number, const std::string& type, const std::string& parameters,
                 const std::string& more = "") {
  return R"({"instance_id": ")" + id(number) + R"(", "node_id": ")" + type +
         R"(", "position": [1, 2.5], "parameters": {)" + parameters + "}" + more + "}";
}

std::string wire(int from, const std::string& from_port, int to, const std::string& to_port, bool is_exec,
                 const std::string& more = "") {
  return R"({"from_node": ")" + id(from) + R"(", "from_port": ")" + from_port + R"(", "to_node": ")" +
         id(to) + R"(", "to_port": ")" + to_port + R"(", "is_exec": )" + (is_exec ? "true" : "false") + more +
         "}";
}

/// Writes it, and sees that reading gives the same document.
YamlText written(const std::string& nodes, const std::string& wires, const std::string& more = "") {
  const Workflow workflow =
      from_json(R"({"nodes": [)" + nodes + R"(], "connections": [)" + wires + "]" + more + "}");
  Result<YamlText> text = write_yaml_workflow(workflow, yaml_registry());
  EXPECT_TRUE(text.ok()) << text.error().message;
  if (!text) return {};
  const YamlReading reading =
      read_yaml_workflow("w.yaml", text->text, yaml_registry(), {.keeps_names = false});
  EXPECT_FALSE(reading.document.is_unset()) << text->text;
  const WorkflowReading again = read_workflow(reading.document, "");
  EXPECT_TRUE(again.workflow && same(workflow_document(*again.workflow), workflow_document(workflow)))
      << text->text;
  return std::move(*text);
}

TEST(WorkflowYaml, SaysValuesAndWiresAtTheirNodes) {
  const YamlText text = written(
      node(1, "frame_range", R"("text": "1-10")") + "," +
          node(2, "any_values", R"("text": "010", "number": 3, "a": [1, "two"], "x": "of an earlier run")") +
          "," + node(3, "two_exec_inputs", ""),
      wire(1, "frames", 2, "b", false) + "," + wire(1, "exec_out", 2, "exec_in", true) + "," +
          wire(2, "exec_out", 3, "two", true));
  EXPECT_THAT(text.text,
              HasSubstr("  frame_range:\n    type: frame_range\n    text: 1-10\n    then: any_values\n"));
  EXPECT_THAT(text.text,
              HasSubstr("    text: \"010\"\n    number: 3\n    a: [1, two]\n    b: frame_range.frames\n"
                        "    then: two_exec_inputs.two\n"));
  EXPECT_THAT(text.text, Not(HasSubstr("\nconnections:")));
  EXPECT_TRUE(text.kept_for_editor.empty());
}

TEST(WorkflowYaml, WiresInAnotherOrderThanTheNodesAreListed) {
  const YamlText text =
      written(node(1, "any_values", "") + "," + node(2, "any_values", "") + "," + node(3, "any_values", ""),
              wire(1, "x", 3, "a", false) + "," + wire(1, "x", 2, "a", false));
  EXPECT_THAT(
      text.text,
      HasSubstr("connections:\n  - [any_values.x, any_values_3.a]\n  - [any_values.x, any_values_2.a]\n"));
}

TEST(WorkflowYaml, WhatThePlainFormCannotSayIsKept) {
  const YamlText text =
      written(node(1, "nobody", R"("a": 1, "deep": )" + std::string(300, '[') + std::string(300, ']'),
                   R"(, "colour": "red", "state": "idle", "bypassed": false)") +
                  "," + node(2, "any_values", R"("gone": 1, "text": null, "number": 1e400, "__name__": 5)"),
              wire(2, "no_such_port", 1, "a", false) + "," + wire(2, "x", 9, "a", false) + "," +
                  wire(2, "exec_out", 1, "exec_in", false,
                       R"(, "id": "00000000-0000-4000-8000-00000000000a", "look": 1)"),
              R"(, "sticky_notes": [], "metadata": {}, "version": 3)");
  EXPECT_FALSE(text.kept_for_editor.empty());
}

TEST(WorkflowYaml, NamesOfNodesAreTheirOwnWhereTheyCan) {
  const YamlText text = written(node(1, "any_values", R"("__name__": "first one")") + "," +
                                    node(2, "any_values", R"("__name__": "first one")") + "," +
                                    node(3, "any_values", R"("__name__": "v1.2")"),
                                "");
  EXPECT_THAT(text.text, HasSubstr("  first one:\n"));
  EXPECT_THAT(text.text, HasSubstr("{id: "));
}

TEST(WorkflowYaml, TextsThatLookLikeWiresAreQuoted) {
  const YamlText text =
      written(node(1, "any_values",
                   R"("a": "any_values.x", "b": {"from": "any_values.x"}, "text": "line 1\n  line 2\n")"),
              "");
  EXPECT_THAT(text.text, HasSubstr("a: \"any_values.x\"\n"));
  EXPECT_THAT(text.text, HasSubstr("text: |\n"));
}

TEST(WorkflowYaml, AGroupIsWrittenWithItsNodes) {
  const std::string inside = R"({"nodes": [)" + node(4, "group_in", R"("port_name": "p")") + "," +
                             node(5, "any_values", R"("text": "x")") + R"(], "connections": [)" +
                             wire(4, "value", 5, "a", false) + "]}";
  const YamlText text = written(
      node(
          1, "group_node",
          R"("__name__": "shot", "__port_defs__": [{"name": "p", "type": "any", "is_input": true}], "p": 7, "__workflow__": )" +
              inside),
      "");
  EXPECT_THAT(text.text, HasSubstr("  shot:\n    type: group_node\n    p: 7\n    nodes:\n      group_in:\n"));
}

TEST(WorkflowYaml, NamedWorkflowsStayWhatTheyAre) {
  const std::string yaml =
      "name: a\nparameters:\n  p: {type: int, default: 3}\nnodes:\n  x: {type: any_values, a: 2}\n";
  const Workflow workflow = lowered_workflow(yaml);
  const Result<YamlText> text = write_yaml_workflow(workflow, yaml_registry());
  ASSERT_TRUE(text);
  EXPECT_THAT(text->text, HasSubstr("name: a\nparameters:"));
  EXPECT_THAT(text->text, Not(HasSubstr("id: ")));
}

}  // namespace
}  // namespace vnode
