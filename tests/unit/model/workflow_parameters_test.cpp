#include "model/workflow_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/value_ops.h"
#include "model/workflow_reader.h"
#include "model/workflow_writer.h"

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A document with these nodes' parameters, one each, and that metadata.
std::string document(const std::vector<std::string>& nodes, const std::string& metadata = "") {
  std::string text = R"({"nodes": [)";
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    text += std::string(i == 0 ? "" : ", ") + R"({"instance_id": "00000000-0000-0000-0000-00000000000)" +
            std::to_string(i) + R"(", "node_id": ")" +
            (nodes[i].find("__workflow__") == std::string::npos ? "n" : "group_node") +
            R"(", "position": [0, 0], "parameters": )" + nodes[i] + "}";
  }
  return text + "]" + (metadata.empty() ? "" : R"(, "metadata": {"parameters": )" + metadata + "}") + "}";
}

class ParametersOfAWorkflow : public testing::Test {
 protected:
  void read(const std::string& text) {
    WorkflowReading reading = read_workflow(text);
    ASSERT_TRUE(reading.workflow) << text;
    workflow = std::move(*reading.workflow);
    problems.clear();
    parameters = WorkflowParameters::read(workflow, problems);
  }
  void fill(const Dict& values) { parameters.fill(workflow, values); }
  std::string parameter(std::size_t node, std::string_view port) const {
    const Value* value = workflow.nodes[node].parameters.find(port);
    return value ? to_repr(*value) : "none";
  }
  std::vector<std::string> told() const {
    std::vector<std::string> lines;
    for (const Problem& problem : problems) lines.push_back(problem.code + " " + problem.pointer);
    return lines;
  }

  Workflow workflow;
  WorkflowParameters parameters;
  Problems problems;
};

TEST_F(ParametersOfAWorkflow, FilesWithoutAnyAreLeftAlone) {
  read(document({R"({"path": "${HOME}/x", "__vnode__": {"retries": 1}})"}));
  EXPECT_TRUE(parameters.is_empty());
  EXPECT_THAT(problems, IsEmpty());
  fill({});
  EXPECT_EQ(parameter(0, "path"), "'${HOME}/x'");
}

TEST_F(ParametersOfAWorkflow, DeclaredInMetadataStandInTexts) {
  read(document({R"({"a": "${n}", "b": "x_${n}.exr", "c": ["${n}"], "d": "$${n}", "python_code": "${n}",
                     "__name__": "${n}", "__vnode__": {"retries": "${n}"}})"},
                R"({"n": {"type": "int", "default": 3, "description": "how many"}})"));
  EXPECT_THAT(problems, IsEmpty());
  ASSERT_THAT(parameters.declared(), SizeIs(1));
  EXPECT_EQ(parameters.find("n")->description, "how many");
  fill({{"n", 5}});
  EXPECT_EQ(parameter(0, "a"), "5");
  EXPECT_EQ(parameter(0, "b"), "'x_5.exr'");
  EXPECT_EQ(parameter(0, "c"), "[5]");
  EXPECT_EQ(parameter(0, "d"), "'${n}'");
  EXPECT_EQ(parameter(0, "python_code"), "'${n}'") << "code is no value";
  EXPECT_EQ(parameter(0, "__name__"), "'${n}'");
  EXPECT_EQ(parameter(0, "__vnode__"), "{'retries': 5}");
}

TEST_F(ParametersOfAWorkflow, DeclaredAtAPortSetIt) {
  read(document(
      {R"({"path": "shot_1-10.exr", "count": 4, "__vnode__": {"parameters": {
      "path": {"name": "frames", "type": "text", "default": "1-10", "text": "shot_${frames}.exr"},
      "count": {"name": "count", "type": "int"}}}})",
       R"({"frames": "1-10", "other": "${x}", "__vnode__": {"parameters": {"frames": {"name": "frames"}}}})"}));
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_THAT(parameters.names(), ElementsAre("frames", "count"));
  EXPECT_EQ(to_repr(parameters.find("count")->default_value), "4") << "the saved value";
  fill({{"frames", "2"}, {"count", 9}});
  EXPECT_EQ(parameter(0, "path"), "'shot_2.exr'");
  EXPECT_EQ(parameter(0, "count"), "9");
  EXPECT_EQ(parameter(1, "frames"), "'2'");
  EXPECT_EQ(parameter(1, "other"), "'${x}'") << "other texts are none of theirs";
}

TEST_F(ParametersOfAWorkflow, WithoutAValueAPortKeepsItsTypesDefault) {
  read(document({R"({"a": "${n}", "b": "x${n}"})"}, R"({"n": {"required": false}})"));
  EXPECT_THAT(problems, IsEmpty());
  fill({});
  EXPECT_EQ(parameter(0, "a"), "none");
  EXPECT_EQ(parameter(0, "b"), "'x'");
}

TEST_F(ParametersOfAWorkflow, UndeclaredNamesAreErrors) {
  read(document({R"({"a": "${frmes}", "b": "${", "__vnode__": {"timeout": "${y}"}})"},
                R"({"frames": {"default": ""}})"));
  EXPECT_THAT(told(),
              ElementsAre("unknown_parameter /nodes/0/parameters/a", "bad_parameter /nodes/0/parameters/b",
                          "unknown_parameter /nodes/0/parameters/__vnode__",
                          "idle_parameter /metadata/parameters/frames"));
  EXPECT_EQ(problems[0].hint, "did you mean 'frames'?");
  EXPECT_FALSE(problems[0].node.empty());
  read(document({R"({"a": "${x}"})"}, "{}"));
  EXPECT_THAT(told(), ElementsAre("unknown_parameter /nodes/0/parameters/a"));
}

TEST_F(ParametersOfAWorkflow, OneThatNothingUsesIsAWarning) {
  read(document({R"({"a": "x"})"}, R"({"n": {"default": "x"}})"));
  ASSERT_THAT(told(), ElementsAre("idle_parameter /metadata/parameters/n"));
  EXPECT_EQ(problems[0].severity, Severity::kWarning);
}

TEST_F(ParametersOfAWorkflow, ASavedValueThatIsNotTheDefaultIsAWarning) {
  read(document({R"({"a": "edited", "__vnode__": {"parameters": {"a": {"name": "n", "default": "x"}}}})"}));
  ASSERT_THAT(told(), ElementsAre("parameter_default /nodes/0/parameters/a"));
  EXPECT_THAT(problems[0].message, HasSubstr("'x'"));
  read(document({R"({"a": "edited", "__vnode__": {"parameters": {"a": {"name": "n", "required": true}}}})"}));
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_TRUE(parameters.find("n")->must_be_given());
}

TEST_F(ParametersOfAWorkflow, SeveralDeclarationsOfOneAreOne) {
  read(document(
      {R"({"a": "1", "__vnode__": {"parameters": {"a": {"name": "n", "type": "int", "maximum": 4}}}})",
       R"({"b": 1, "__vnode__": {"parameters": {"b": {"name": "n", "minimum": 0}}}})"}));
  EXPECT_THAT(told(), ElementsAre("bad_parameter /nodes/0/parameters/__vnode__/parameters/a/default"))
      << "a saved text is no whole number";
  read(document({R"({"a": 1, "__vnode__": {"parameters": {"a": {"name": "n", "type": "int"}}}})",
                 R"({"b": 1, "__vnode__": {"parameters": {"b": {"name": "n", "type": "float"}}}})"}));
  EXPECT_THAT(told(), ElementsAre("bad_parameter /nodes/1/parameters/__vnode__/parameters/b/type"));
  EXPECT_THAT(problems[0].message, HasSubstr("declared with another 'type' at /nodes/0/"));
}

TEST_F(ParametersOfAWorkflow, DeclarationsOfOtherShapesAreErrors) {
  read(document(
      {R"({"__vnode__": {"parameters": {"a": {"type": "int"}, "b": 1, "c": {"name": 1}, "d": {"text": 1},
                     "e": {"name": "1x"}}}})"}));
  EXPECT_THAT(told(), SizeIs(testing::Ge(5u)));
  for (const Problem& problem : problems)
    EXPECT_THAT(problem.pointer, HasSubstr("/nodes/0/parameters/__vnode__/parameters/"));
  read(document({R"({"__vnode__": {"parameters": 1}})"}));
  EXPECT_THAT(told(), ElementsAre("bad_parameter /nodes/0/parameters/__vnode__/parameters"));
  read(document({"{}"}, "[1]"));
  EXPECT_THAT(told(), ElementsAre("bad_parameter /metadata/parameters"));
  read(document({"{}"}, R"({"a.b": {}, "c": 5})"));
  EXPECT_THAT(told(),
              ElementsAre("bad_parameter /metadata/parameters/a.b", "bad_parameter /metadata/parameters/c"));
}

TEST_F(ParametersOfAWorkflow, ReachIntoGroupsThatHaveNoneOfTheirOwn) {
  const std::string inner =
      document({R"({"a": "${n}"})", R"({"__workflow__": )" + document({R"({"b": "y${n}"})"}) + "}"});
  const std::string own = document({R"({"a": "${n}"})"}, R"({"n": {"default": "own"}})");
  read(document({R"({"__workflow__": )" + inner + "}", R"({"__workflow__": )" + own + "}"},
                R"({"n": {"default": "x"}})"));
  EXPECT_THAT(told(), IsEmpty());
  fill({{"n", "z"}});
  EXPECT_THAT(parameter(0, "__workflow__"), testing::AllOf(HasSubstr("'a': 'z'"), HasSubstr("'b': 'yz'")));
  EXPECT_THAT(parameter(1, "__workflow__"), HasSubstr("'a': '${n}'"));
  read(document({R"({"__workflow__": )" + document({R"({"a": "${m}"})"}) + "}"},
                R"({"n": {"default": "x"}})"));
  EXPECT_EQ(told().front(), "unknown_parameter /nodes/0/parameters/__workflow__/nodes/0/parameters/a");
}

TEST_F(ParametersOfAWorkflow, GroupsInGroupsCostNoStack) {
  std::string text = document({R"({"a": "${n}"})"});
  for (int i = 0; i < 1500; ++i) text = document({R"({"__workflow__": )" + text + "}"});
  text.insert(1, R"("metadata": {"parameters": {"n": {"default": "x"}}}, )");
  read(text);
  EXPECT_THAT(told(), IsEmpty());
  fill({{"n", "z"}});
  EXPECT_EQ(write_workflow(workflow).find("${n}"), std::string::npos);
}

}  // namespace
}  // namespace vnode
