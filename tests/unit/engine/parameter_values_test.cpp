// Rule 47: the parameters of a workflow in one run.
#include "engine/parameter_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/preparation.h"
#include "model/value_ops.h"
#include "model/workflow_reader.h"
#include "model/workflow_writer.h"
#include "support/run_harness.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kDocument = R"({
  "metadata": {"parameters": {
    "frames": {"type": "text", "default": "1-10", "description": "frames to render"},
    "count": {"type": "int", "default": 2, "minimum": 1, "maximum": 9},
    "shot": {"type": "text"}}},
  "nodes": [{"instance_id": "00000000-0000-0000-0000-000000000001", "node_id": "test_value", "position": [0, 0],
             "parameters": {"in": ["${frames}", "${count}", "${shot}"]}}]})";

class ParameterValues : public testing::Test {
 protected:
  std::string values(const std::vector<Override>& overrides, const char* document = kDocument) {
    Problems ignored;
    const Workflow workflow = *read_workflow(document).workflow;
    problems.clear();
    return to_repr(
        parameter_values(WorkflowParameters::read(workflow, ignored), workflow, overrides, problems));
  }
  std::string refusal(const std::vector<Override>& overrides, const char* document = kDocument) {
    values(overrides, document);
    EXPECT_EQ(problems.size(), 1u);
    return problems.empty() ? "" : problems[0].code + ": " + problems[0].message + "; " + problems[0].hint;
  }

  const Override shot{"shot", {}, std::string("010")};
  Problems problems;
};

TEST_F(ParameterValues, AreWhatIsGivenOrTheDefaults) {
  EXPECT_EQ(values({shot}), "{'frames': '1-10', 'count': 2, 'shot': '010'}");
  EXPECT_EQ(
      values({shot, {"count", {}, std::string("5")}, {"count", {}, Value(7)}, {"frames", {}, Value("3")}}),
      "{'frames': '3', 'count': 7, 'shot': '010'}");
  EXPECT_EQ(values({shot, {"test_value.in", {}, std::string("1")}, {"test_value", "in", Value(1)}}),
            "{'frames': '1-10', 'count': 2, 'shot': '010'}");
  EXPECT_THAT(problems, IsEmpty());
}

TEST_F(ParameterValues, ThatMakeNoSenseAreRefused) {
  EXPECT_THAT(refusal({}),
              HasSubstr("missing_parameter: the parameter 'shot' has to be given; add -p shot=TEXT"));
  EXPECT_THAT(refusal({shot, {"count", {}, std::string("many")}}),
              HasSubstr("bad_value: the parameter 'count' must be a whole number, not 'many'"));
  EXPECT_THAT(refusal({shot, {"count", {}, std::string("10")}}), HasSubstr("at most 9, not 10"));
  EXPECT_THAT(refusal({shot, {"count", {}, Value("5")}}), HasSubstr("whole number, not the text \"5\""));
  EXPECT_THAT(refusal({{"shot", {}, Value(10)}}), HasSubstr("must be a text, not the number 10"));
  EXPECT_THAT(refusal({shot, {"frmes", {}, std::string("x")}}),
              HasSubstr("unknown_parameter: the workflow has no parameter "
                        "'frmes'; did you mean 'frames'?"));
  EXPECT_THAT(refusal({shot, {"test_value", {}, std::string("x")}}), HasSubstr("is a node: write NODE.PORT"));
  EXPECT_THAT(refusal({{"x", {}, std::string("x")}}, "{}"), HasSubstr("declares none"));
  EXPECT_THAT(refusal({shot, {"", {}, std::string("x")}}), HasSubstr("its parameters are 'frames', "));
}

TEST_F(ParameterValues, AllThatIsWrongIsTold) {
  values({{"count", {}, std::string("x")}, {"frmes", {}, std::string("y")}});
  EXPECT_EQ(problems.size(), 3u);
}

TEST_F(ParameterValues, ComeFromFilesToo) {
  const ScratchFolder folder;
  const std::string path = folder.write("value", "7");
  EXPECT_EQ(values({shot, {"count", {}, "@" + path}, {"frames", {}, std::string("@@x")}}),
            "{'frames': '@x', 'count': 7, 'shot': '010'}");
  EXPECT_THAT(refusal({shot, {"count", {}, std::string("@/nowhere/x")}}), HasSubstr("bad_value: count: "));
}

TEST_F(ParameterValues, ReachTheNodesBeforeAnyOverrideOfThem) {
  const Preparation made = prepare(kDocument, test_registry(),
                                   {.overrides = {shot, {"test_value.in", {}, std::string("[\"${x}\"]")}}});
  ASSERT_NE(made.plan, nullptr);
  EXPECT_EQ(to_repr(*made.plan->workflow().nodes[0].parameters.find("in")), "['${x}']");
  const Preparation plain = prepare(kDocument, test_registry(), {.overrides = {shot}});
  EXPECT_EQ(to_repr(*plain.plan->workflow().nodes[0].parameters.find("in")), "['1-10', 2, '010']");
  EXPECT_EQ(to_repr(plain.parameters), "{'frames': '1-10', 'count': 2, 'shot': '010'}");
}

TEST_F(ParameterValues, ARefusalIsTheCallersFaultAndABadDeclarationTheFiles) {
  const Preparation refused = prepare(kDocument, test_registry(), PreparationRequest{});
  EXPECT_EQ(refused.plan, nullptr);
  EXPECT_TRUE(refused.is_override_refused);
  const Preparation bad = prepare(R"({"nodes": [], "metadata": {"parameters": {"a": {"type": "x"}}}})",
                                  test_registry(), {.overrides = {shot}});
  EXPECT_EQ(bad.plan, nullptr);
  EXPECT_FALSE(bad.is_override_refused);
}

TEST_F(ParameterValues, OfAGroupsWorkflowAreItsPorts) {
  WorkflowBuilder inner;
  inner.node("v", "test_value", {{"in", "${shot}_${count}"}})
      .node("out", "group_out", {{"port_name", "path"}});
  inner.data("v.value", "out.value");
  Dict document = workflow_document(inner.workflow()).as_dict();
  document.set("metadata", Dict{{"parameters",
                                 Dict{{"shot", Dict{}}, {"count", Dict{{"type", "int"}, {"default", 1}}}}}});
  const Value ports =
      Value::list({Value(Dict{{"name", "shot"}}), Value(Dict{{"name", "path"}, {"is_input", false}})});
  WorkflowBuilder w;
  w.node("g", "group_node", {{"__workflow__", Value(document)}, {"__port_defs__", ports}, {"shot", "010"}});
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted) << run.outcome().error;
  EXPECT_EQ(run.result("g", "path"), "'010_1'");
  WorkflowBuilder without;
  without.node("g", "group_node", {{"__workflow__", Value(document)}});
  RunHarness failing(without);
  failing.run();
  EXPECT_EQ(failing.outcome().status, RunStatus::kFailed);
  EXPECT_THAT(failing.outcome().error, HasSubstr("'shot' has to be given"));
}

}  // namespace
}  // namespace vnode::test
