// Groups, and files that are used as one.
#include <gtest/gtest.h>

#include "model/json_writer.h"
#include "model/workflow_writer.h"
#include "support/scratch_folder.h"
#include "unit/yaml/lowering_support.h"

namespace vnode {
namespace {

using test::lowered_workflow;
using test::node_named;
using test::ScratchFolder;
using test::wires_of;
using test::yaml_registry;

std::string group_json(const Value& value) {
  std::string text;
  append_json(text, value);
  return text;
}

Workflow inside(const NodeInstance& group) {
  const Value* document = group.parameters.find(std::string_view("__workflow__"));
  return document ? read_workflow(*document, "").workflow.value_or(Workflow()) : Workflow();
}

std::string group_parameter(const NodeInstance& node, std::string_view name) {
  const Value* value = node.parameters.find(name);
  return value ? group_json(*value) : "absent";
}

constexpr const char* kGroup = R"yaml(nodes:
  source: {type: any_values}
  g:
    ports: {inputs: {frames: text, count: {type: int, default: 3}}, outputs: {sum: last.x}}
    frames: 010
    nodes:
      first: {type: any_values, text: inputs.frames, number: inputs.count}
      last:  {type: any_values, a: first.x}
    then: after
  after: {type: any_values, a: g.sum}
)yaml";

TEST(YamlGroups, HaveANodeInsideForEachPort) {
  const Workflow workflow = lowered_workflow(kGroup);
  const NodeInstance& group = node_named(workflow, "g");
  EXPECT_EQ(group.node_id, "group_node");
  EXPECT_EQ(group_parameter(group, "frames"), "\"010\"");
  EXPECT_EQ(group_parameter(group, "count"), "3");
  EXPECT_EQ(wires_of(workflow), "g.sum -> after.a, g.exec_out => after.exec_in");
  EXPECT_EQ(wires_of(inside(group)),
            "inputs.frames.value -> first.text, inputs.count.value -> first.number, first.x -> last.a, "
            "last.x -> outputs.sum.value");
  EXPECT_EQ(inside(group).nodes[0].instance_id, id_of_name_path("g/first"));
}

TEST(YamlGroups, APortOfItsThatIsNoneIsAnError) {
  EXPECT_EQ(
      test::first_problem("nodes:\n  g:\n    ports: {inputs: {frames: text}}\n    frame: 1\n    nodes: {}\n")
          .substr(0, 40),
      "4:5 unknown_port: group_node has no inpu");
}

Problems problems_of(const std::string& file, const std::string& text) {
  return read_yaml_workflow(file, text, yaml_registry()).problems;
}

TEST(YamlUse, MakesAFileAGroupWithItsParametersAndOutputs) {
  const ScratchFolder folder;
  folder.write("part.yaml",
               "parameters:\n  shot: {type: text}\n  pad: {type: int, default: 4}\n"
               "nodes:\n  n: {type: any_values, text: \"${shot}\", number: \"${pad}\", a: [\"s_${pad}\"]}\n"
               "outputs: {result: n.x}\n");
  const YamlReading reading =
      read_yaml_workflow(folder.file("main.yaml"),
                         "nodes:\n  s: {type: any_values}\n  p: {use: part.yaml, shot: s.x, then: q}\n  q: "
                         "{type: any_values, a: p.result}\n",
                         yaml_registry());
  ASSERT_TRUE(reading.problems.empty()) << reading.problems.front().message;
  const Workflow workflow = *read_workflow(reading.document, "").workflow;
  EXPECT_EQ(wires_of(workflow), "s.x -> p.shot, p.result -> q.a, p.exec_out => q.exec_in");
  const NodeInstance& group = node_named(workflow, "p");
  EXPECT_EQ(group_parameter(group, "pad"), "4");
  EXPECT_EQ(wires_of(inside(group)),
            "inputs.shot.value -> n.text, inputs.pad.value -> n.number, n.x -> outputs.result.value");
  EXPECT_EQ(group_parameter(node_named(inside(group), "n"), "a"), "[\"s_4\"]")
      << "inside lists nothing can be wired";
}

TEST(YamlUse, CyclesAndFilesOutsideAreErrorsWithTheirPlace) {
  const ScratchFolder folder;
  folder.write("a.yaml", "nodes:\n  x: {use: b.yaml}\n");
  folder.write("b.yaml", "nodes:\n  x: {use: a.yaml}\n");
  const std::string main = folder.file("a.yaml");
  const Problems cycle = problems_of(main, folder.read("a.yaml"));
  ASSERT_EQ(cycle.size(), 1u);
  EXPECT_EQ(cycle[0].code, "use_cycle");
  EXPECT_EQ(cycle[0].source.file, folder.file("b.yaml"));
  EXPECT_EQ(cycle[0].source.line, 2u);
  for (const std::string path : {"../other.yaml", "/etc/passwd", "a/../../b.yaml"}) {
    const Problems outside = problems_of(main, "nodes:\n  x: {use: " + path + "}\n");
    ASSERT_EQ(outside.size(), 1u);
    EXPECT_EQ(outside[0].code, "use_outside") << path;
    EXPECT_EQ(outside[0].source.column, 12u);
  }
  EXPECT_EQ(problems_of(main, "nodes:\n  x: {use: absent.yaml}\n").front().code, "bad_use");
}

TEST(YamlUse, AFileBelowMayUseOneBesideIt) {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder.file("sub"));
  folder.write("sub/a.yaml", "nodes:\n  x: {use: ../b.yaml}\n");
  folder.write("b.yaml", "nodes:\n  x: {type: any_values}\n");
  EXPECT_TRUE(problems_of(folder.file("main.yaml"), "nodes:\n  x: {use: sub/a.yaml}\n").empty());
}

TEST(YamlUse, AParameterThatIsMissingOrUnknownIsAnError) {
  const ScratchFolder folder;
  folder.write(
      "part.yaml",
      "parameters:\n  shot: {type: text}\nnodes:\n  n: {type: any_values, text: \"a ${shot} ${shto}\"}\n");
  EXPECT_EQ(problems_of(folder.file("m.yaml"), "nodes:\n  x: {use: part.yaml}\n").front().code,
            "bad_parameter");
  const Problems unknown = problems_of(folder.file("m.yaml"), "nodes:\n  x: {use: part.yaml, shot: b}\n");
  ASSERT_FALSE(unknown.empty());
  EXPECT_EQ(unknown.front().hint, "did you mean 'shot'?");
  EXPECT_EQ(unknown.front().source.line, 4u);
}

TEST(YamlUse, FilesThatUseEachOtherTwiceAndTwiceAgainEnd) {
  const ScratchFolder folder;
  for (int i = 0; i < 30; ++i) {
    const std::string next = std::to_string(i + 1) + ".yaml";
    folder.write(std::to_string(i) + ".yaml", "nodes:\n  a: {use: " + next + "}\n  b: {use: " + next + "}\n");
  }
  folder.write("30.yaml", "nodes: {}\n");
  const Problems problems = problems_of(folder.file("0.yaml"), folder.read("0.yaml"));
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems.front().code, "bad_use");
}

}  // namespace
}  // namespace vnode
