#include "yaml/yaml_workflow.h"

#include <gtest/gtest.h>

#include "model/json_reader.h"
#include "model/json_writer.h"
#include "model/value_ops.h"
#include "unit/yaml/lowering_support.h"

namespace vnode {
namespace {

using test::lower;
using test::lowered_value;
using test::lowered_workflow;
using test::node_named;
using test::wires_of;

std::string json(const Value& value) {
  std::string text;
  append_json(text, value);
  return text;
}

std::string parameter(const NodeInstance& node, std::string_view name) {
  const Value* value = node.parameters.find(name);
  return value ? json(*value) : "absent";
}

/// people.md, Y1, to the letter.
constexpr const char* kExample = R"yaml(name: dailies
parameters:                       # of the workflow: -p frames=1-20; "${frames}" stands for it in values
  frames: {type: text, default: 1-10, description: frames to render}
nodes:
  range:  {type: frame_range, text: "${frames}"}
  each:   {type: Parallel For Each, collection: range.frames, max_concurrency: 4, then: {each_item: render, exec_on_finished: report}}
  render:
    type: run_command
    command: [render, --frame, "{frame}"]
    inputs: {frame: each.current_item}
    limits: {timeout: 10m, retries: 2}
  report: {type: file_write, path: out.txt, text: done}
)yaml";

TEST(YamlWorkflow, TheExampleIsTheDocumentThatSaysTheSame) {
  const YamlReading reading = lower(kExample);
  ASSERT_FALSE(reading.document.is_unset());
  const Workflow workflow = lowered_workflow(kExample);
  ASSERT_EQ(workflow.nodes.size(), 4u);
  EXPECT_EQ(
      wires_of(workflow),
      "range.frames -> each.collection, each.current_item -> render.frame, each.each_item => render.exec_in, "
      "each.exec_on_finished => report.exec_in");
  EXPECT_EQ(parameter(node_named(workflow, "range"), "text"), "\"${frames}\"");
  EXPECT_EQ(parameter(node_named(workflow, "each"), "max_concurrency"), "4");
  EXPECT_EQ(parameter(node_named(workflow, "render"), "command"), R"(["render","--frame","{frame}"])");
  EXPECT_EQ(parameter(node_named(workflow, "render"), "__vnode__"), R"({"timeout":"10m","retries":2})");
  EXPECT_EQ(parameter(node_named(workflow, "report"), "path"), "\"out.txt\"");
  EXPECT_EQ(
      json(workflow.metadata),
      R"({"name":"dailies","parameters":{"frames":{"type":"text","default":"1-10","description":"frames to render"}}})");
}

TEST(YamlWorkflow, IdsFollowFromNames) {
  const Workflow workflow = lowered_workflow(kExample);
  const Workflow again = lowered_workflow(kExample);
  EXPECT_EQ(workflow.nodes[0].instance_id, again.nodes[0].instance_id);
  EXPECT_EQ(workflow.nodes[0].instance_id, id_of_name_path("range"));
  EXPECT_EQ(workflow.nodes[0].instance_id.text()[14], '5') << "version 5";
  EXPECT_EQ(parameter(workflow.nodes[0], "__name__"), "\"range\"");
}

TEST(YamlWorkflow, OnTextPortsAPlainScalarIsTheTextAsWritten) {
  for (const std::string text :
       {"010", "1.10", "no", "yes", "1e3", "0x1F", "true", "null", "~", "1-10", "2020-01-01", ".inf"}) {
    EXPECT_EQ(json(lowered_value("any_values", "text", text)), "\"" + text + "\"");
    EXPECT_EQ(json(lowered_value("any_values", "path", text)), "\"" + text + "\"");
    EXPECT_EQ(json(lowered_value("any_values", "text", "{value: " + text + "}")), "\"" + text + "\"");
  }
  EXPECT_EQ(json(lowered_value("any_values", "text", "")), "\"\"");
  EXPECT_EQ(json(lowered_value("any_values", "text", "[010, no]")), "[10,\"no\"]")
      << "inside lists it is the core schema";
}

TEST(YamlWorkflow, ElsewhereItIsTheCoreSchema) {
  EXPECT_EQ(json(lowered_value("any_values", "a", "no")), "\"no\"");
  EXPECT_EQ(json(lowered_value("any_values", "a", "0o17")), "15");
  EXPECT_EQ(json(lowered_value("any_values", "a", "010")), "10");
  EXPECT_EQ(json(lowered_value("any_values", "a", "1.10")), "1.1");
  EXPECT_EQ(json(lowered_value("any_values", "a", "1e3")), "1000.0");
  EXPECT_EQ(json(lowered_value("any_values", "a", "\"010\"")), "\"010\"");
  EXPECT_EQ(json(lowered_value("any_values", "a", "{x: [1, ~], '<<': 2}")), R"({"x":[1,null],"<<":2})");
  EXPECT_EQ(json(lowered_value("any_values", "a", "!!str 5")), "\"5\"");
}

TEST(YamlWorkflow, OnlyAPlainScalarOrFromIsAWire) {
  const auto wires = [](const std::string& value) {
    return wires_of(
        lowered_workflow("nodes:\n  n: {type: any_values}\n  m: {type: any_values, a: " + value + "}\n"));
  };
  EXPECT_EQ(wires("n.x"), "n.x -> m.a");
  EXPECT_EQ(wires("{from: n.x}"), "n.x -> m.a");
  EXPECT_EQ(wires("{from: \"n.x\"}"), "n.x -> m.a");
  EXPECT_EQ(wires("\"n.x\""), "");
  EXPECT_EQ(wires("{value: n.x}"), "");
  EXPECT_EQ(wires("[n.x]"), "");
  EXPECT_EQ(wires("other.x"), "") << "no node has that name";
}

TEST(YamlWorkflow, NamesMayHaveAnything) {
  for (const std::string name :
       {"a.b", "a b", "'a''b'", "\"a\\\"b\"", "\xF0\x9F\x8E\xAC", "\"a: b\"", "12", "true", "\"\\u00e4\""}) {
    const Workflow workflow = lowered_workflow(
        "nodes:\n  " + name + ": {type: any_values}\n  last: {type: any_values, then: " + name + "}\n");
    ASSERT_EQ(workflow.nodes.size(), 2u) << name;
    ASSERT_EQ(workflow.connections.size(), 1u) << name;
    EXPECT_EQ(workflow.connections[0].to_node, workflow.nodes[0].instance_id);
  }
  const std::string long_name(1 << 20, 'n');
  EXPECT_EQ(lowered_workflow("nodes:\n  ? " + long_name + "\n  : {type: any_values}\n").nodes.size(), 1u);
}

TEST(YamlWorkflow, TheLongestNameThatHasSuchAPortCounts) {
  const std::string text =
      "nodes:\n  a: {type: any_values}\n  a.b: {type: any_values}\n  c: {type: any_values, a: ";
  EXPECT_EQ(wires_of(lowered_workflow(text + "a.b.x}\n")), "a.b.x -> c.a");
  EXPECT_EQ(wires_of(lowered_workflow(text + "a.x}\n")), "a.x -> c.a");
}

TEST(YamlWorkflow, InputsTakesPortsThatCollideWithKeys) {
  const Workflow workflow = lowered_workflow(
      "nodes:\n  n: {type: any_values}\n  m: {type: any_values, inputs: {type: n.x, a: 3}}\n");
  EXPECT_EQ(wires_of(workflow), "n.x -> m.type");
  EXPECT_EQ(parameter(workflow.nodes[1], "a"), "3");
}

TEST(YamlWorkflow, ThenMeansExecOutOrTheOnlyExecOutput) {
  EXPECT_EQ(wires_of(lowered_workflow("nodes:\n  a: {type: any_values, then: b}\n  b: {type: any_values}\n")),
            "a.exec_out => b.exec_in");
  EXPECT_EQ(
      wires_of(lowered_workflow("nodes:\n  a: {type: any_values, then: [c.one, b]}\n  b: {type: any_values}\n"
                                "  c: {type: two_exec_inputs, then: {left: [b, c.two]}}\n"
                                "  d: {type: run_command, then: {exec_fail: c.one}}\n")),
      "a.exec_out => c.one, a.exec_out => b.exec_in, c.left => b.exec_in, c.left => c.two, d.exec_fail => "
      "c.one");
}

TEST(YamlWorkflow, OrderInTheFileCounts) {
  const Workflow workflow = lowered_workflow(
      "nodes:\n  a: {type: any_values, then: [d, b, c]}\n  b: {type: any_values, a: a.x}\n"
      "  c: {type: any_values, a: a.x}\n  d: {type: any_values, b: a.y, a: a.x}\n");
  EXPECT_EQ(
      wires_of(workflow),
      "a.x -> b.a, a.x -> c.a, a.y -> d.b, a.x -> d.a, a.exec_out => d.exec_in, a.exec_out => b.exec_in, "
      "a.exec_out => c.exec_in");
}

TEST(YamlWorkflow, ConnectionsHoldAllWiresOfTheirPorts) {
  const Workflow workflow = lowered_workflow(
      "nodes:\n  a: {type: any_values}\n  b: {type: any_values}\n  c: {type: any_values, b: a.y}\n"
      "connections:\n  - [a.x, c.a]\n  - {from: a.x, to: b.a, id: 00000000-0000-0000-0000-000000000001}\n"
      "  - {from: a.exec_out, to: b.exec_in, exec: false}\n");
  EXPECT_EQ(wires_of(workflow), "a.y -> c.b, a.x -> c.a, a.x -> b.a, a.exec_out -> b.exec_in");
  EXPECT_EQ(json(workflow.connections[2].id), "\"00000000-0000-0000-0000-000000000001\"");
}

TEST(YamlWorkflow, KeysOfTheNodeItself) {
  const Workflow workflow = lowered_workflow(
      "nodes:\n  a: {type: any_values, bypassed: true, init_priority: 2, note: look here}\n");
  EXPECT_TRUE(workflow.nodes[0].bypassed);
  EXPECT_EQ(workflow.nodes[0].init_priority, 2);
  ASSERT_TRUE(workflow.sticky_notes.is_list());
  EXPECT_NE(json(workflow.sticky_notes).find("look here"), std::string::npos);
}

TEST(YamlWorkflow, AnUnknownTypeTakesAnyPort) {
  const Workflow workflow = lowered_workflow(
      "nodes:\n  a: {type: nobody_knows, x: 1, then: b}\n  b: {type: nobody_knows, y: a.z, then: {maybe: "
      "a}}\n");
  EXPECT_EQ(wires_of(workflow), "a.z -> b.y, a.exec_out => b.exec_in, b.maybe => a.exec_in");
}

TEST(YamlWorkflow, AliasesStandForTheSameOnceMore) {
  const Workflow workflow = lowered_workflow(
      "nodes:\n  a: {type: any_values, a: &list [1, 2], text: &t 010}\n  b: {type: any_values, a: *list, "
      "text: *t}\n");
  EXPECT_EQ(parameter(workflow.nodes[1], "a"), "[1,2]");
  EXPECT_EQ(parameter(workflow.nodes[1], "text"), "\"010\"");
}

TEST(YamlWorkflow, AnEmptyOneIsFine) {
  EXPECT_TRUE(lowered_workflow("{}").nodes.empty());
  EXPECT_TRUE(lowered_workflow("nodes:\n").nodes.empty());
}

}  // namespace
}  // namespace vnode
