// Rules 1 to 5: what happens before the first start node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/preparation.h"
#include "model/workflow_writer.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(RunPreparation, RefusesAnUnknownNodeBeforeAnythingRuns) {
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "no_such_node").exec("a", "b");
  Problems problems;
  EXPECT_EQ(Plan::make(w.workflow(), test_registry(), problems), nullptr);
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].code, "unknown_node");
  EXPECT_EQ(problems[0].pointer, "/nodes/1/node_id");
}

TEST(RunPreparation, ReportsAllErrorsTogether) {
  WorkflowBuilder w;
  w.node("a", "no_such_node").node("b", "another_one").node("c", "test_pass").node("d", "test_pass");
  w.data("c.out", "d.in").data("d.out", "c.in");
  Problems problems;
  EXPECT_EQ(Plan::make(w.workflow(), test_registry(), problems), nullptr);
  EXPECT_THAT(problems, SizeIs(testing::Ge(2u)));
}

TEST(RunPreparation, SavedParametersReachTheNode) {
  WorkflowBuilder w;
  w.node("a", "test_value", {{"in", "saved"}});
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("a", "value"), "'saved'");
}

TEST(RunPreparation, AWiredInputStartsAtItsDefault) {
  // The source gives nothing under that port, so the consumer sees the default, not the saved value.
  WorkflowBuilder w;
  w.node("source", "test_pass").node("sum", "math_add", {{"a", 5}, {"b", 7}});
  w.data("source.no_such_port", "sum.a").exec("source", "sum");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("sum", "result"), "7.0");
}

TEST(RunPreparation, OutputsAreReset) {
  // `value` is an input and an output of group_out: the shared parameter loses its saved value.
  WorkflowBuilder w;
  w.node("out", "group_out", {{"value", "saved"}, {"port_name", "x"}});
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("out", "value"), "None");
}

TEST(RunPreparation, ADefinitionThatIsSetAsideIsToldOnceInTheStream) {
  Registry registry = test_registry();
  registry.add_note({LoadNote::Kind::kBroken, "/nodes/test_pass.json", "test_pass", "not JSON"});
  WorkflowBuilder inner;
  inner.node("c", "test_pass");
  WorkflowBuilder w;
  w.node("a", "test_pass").node("b", "test_pass").exec("a", "b");
  w.node("g", "group_node", {{"__workflow__", workflow_document(inner.workflow())}}).exec("b", "g");
  RunHarness run(w, {}, registry);
  run.run();
  EXPECT_THAT(run.sink().only({"log a", "log b", "log g/c"}),
              testing::ElementsAre(
                  "log a warning \"its definition (/nodes/test_pass.json) does not load: not JSON; the "
                  "native node is used in its place\""));
  EXPECT_EQ(run.sink().lines[1].substr(0, 5), "log a") << "before any node runs";
}

TEST(RunPreparation, TellsWhatItsStarterMustKnow) {
  WorkflowBuilder inner;
  inner.node("a", "test_value").node("b", "test_pass").data("a.nothing", "b.in");
  WorkflowBuilder w;
  w.node("a", "test_value").node("b", "test_pass", {{"unused", 1}}).data("a.nothing", "b.in");
  w.node("g", "group_node", {{"__workflow__", workflow_document(inner.workflow())}});
  const Preparation preparation = prepare(write_workflow(w.workflow()), test_registry(), {});
  ASSERT_NE(preparation.plan, nullptr);
  ASSERT_EQ(preparation.problems.size(), 2u);
  EXPECT_EQ(preparation.problems[0].code, "missing_port");
  EXPECT_EQ(preparation.problems[1].code, "group_problem");
}

TEST(RunPreparation, ASubmissionIsToldWhatNativeNodesWillTell) {
  WorkflowBuilder inner;
  inner.node("w", "file_write", {{"path", "C:/inner"}});
  WorkflowBuilder w;
  w.node("a", "file_write", {{"path", "C:/a"}});
  w.node("g", "group_node", {{"__workflow__", workflow_document(inner.workflow())}});
  const std::string text = write_workflow(w.workflow());
  EXPECT_TRUE(prepare(text, test_registry(), {}).problems.empty()) << "a run's stream tells it";
  const Problems told = prepare(text, test_registry(), {.beginning = Beginning::kSubmission}).problems;
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].code, "windows_path");
  EXPECT_EQ(told[0].pointer, "/nodes/0/parameters/path");
  EXPECT_EQ(told[1].code, "group_problem");
  EXPECT_NE(told[1].message.find("C:/inner"), std::string::npos);
}

TEST(RunPreparation, InstanceSettingsAreHidden) {
  Registry registry = test_registry();
  NodeLibrary library;
  library.add({.definition = {.node_id = "test_see", .outputs = {{"seen"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return {{"seen", call.has_input("__vnode__")}};
               }});
  registry.add_library(library);
  WorkflowBuilder w;
  w.node("a", "test_see", {{"__vnode__", Dict{{"retries", 0}}}});
  RunHarness run(w, {}, registry);
  run.run();
  EXPECT_EQ(run.result("a", "seen"), "False");
}

TEST(RunPreparation, WiresMayUseAnyName) {
  // The instance settings are hidden as a saved value only; a wire of that name is an undeclared port like
  // others.
  WorkflowBuilder w;
  w.node("a", "test_pass", {{"in", 1}, {"__vnode__", Dict()}})
      .node("b", "test_pass", {{"__vnode__", Dict()}});
  w.data("a.out", "b.__vnode__").data("a.__vnode__", "b.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted);
}

TEST(RunPreparation, DifferentShapesNeverShareALayout) {
  auto ports = [](const char* name, const char* type) {
    return Value::list({Value(Dict{{"name", name}, {"type", type}})});
  };
  WorkflowBuilder w;
  w.node("x", "group_node", {{"__port_defs__", ports("a:b", "c")}});
  w.node("y", "group_node", {{"__port_defs__", ports("a", "b:c")}}).node("source", "test_value", {{"in", 1}});
  w.data("source.value", "y.a");
  w.node("p", "test_pass", {{std::string_view("x\0y", 3), 1}}).node("q", "test_pass", {{"x", 1}, {"y", 2}});
  w.data("source.value", "q.y");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().lines.back(), "execution_finished failed 1");  // the groups hold no workflow
}

TEST(RunPreparation, VariablesBelongToTheRun) {
  WorkflowBuilder writer, reader;
  writer.node("set", "Set Variable", {{"name", "x"}, {"value", 1}})
      .node("get", "Get Variable", {{"name", "x"}});
  writer.node("after", "test_pass").exec("set", "after").data("get.value", "after.in");
  reader.node("get", "Get Variable", {{"name", "x"}});
  RunHarness first(writer), second(reader);
  first.run();
  second.run();
  EXPECT_EQ(first.result("get", "value"), "1");
  EXPECT_EQ(second.result("get", "value"), "None");
}

TEST(InitPhase, RunsHighestPriorityFirst) {
  WorkflowBuilder w;
  w.node("low", "test_pass").node("high", "test_pass").node("high2", "test_pass").node("main", "test_pass");
  w.node("end", "test_pass").exec("main", "end");
  w.init_priority("low", 1).init_priority("high", 5).init_priority("high2", 5);
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"started"}),
              ElementsAre("started high init", "started high2 init", "started low init", "started main start",
                          "started end exec"));
}

TEST(InitPhase, SkipsOneThatWasPulled) {
  WorkflowBuilder w;
  w.node("first", "test_pass").node("source", "test_value", {{"in", 3}});
  w.data("source.value", "first.in").exec("first", "first");
  w.init_priority("first", 2).init_priority("source", 1);
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"started"}), ElementsAre("started source pull", "started first init"));
}

TEST(InitPhase, RunsOneAgainThatAnEarlierChainRan) {
  WorkflowBuilder w;
  w.node("first", "test_pass").node("second", "test_pass").exec("first", "second");
  w.init_priority("first", 2).init_priority("second", 1);
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"started"}),
              ElementsAre("started first init", "started second exec", "started second init"));
}

TEST(InitPhase, InitNodesAreNoStartNodes) {
  WorkflowBuilder w;
  w.node("init", "test_fail").node("a", "test_pass").node("b", "test_pass").exec("a", "b").exec("init", "b");
  w.init_priority("init", 1);
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("started init init"), 1u);
  EXPECT_EQ(run.sink().count("started init start"), 0u);
}

TEST(InitPhase, InitOnlyEndsTheRun) {
  WorkflowBuilder w;
  w.node("init", "test_pass").node("a", "test_pass").node("b", "test_pass").exec("a", "b").exec("init", "b");
  w.init_priority("init", 1);
  RunHarness run(w, {.init_only = true});
  run.run();
  EXPECT_THAT(run.sink().only({"started"}), ElementsAre("started init init", "started b exec"));
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted);
}

TEST(InitPhase, InitNodesAreNotInLayers) {
  WorkflowBuilder w;
  w.node("init", "test_fail").node("behind", "test_pass").data("init.value", "behind.in");
  w.init_priority("init", 1);
  RunHarness run(w);
  run.run();
  EXPECT_THAT(run.sink().only({"started"}), ElementsAre("started init init"));
  EXPECT_THAT(run.sink().only({"finished"}), SizeIs(2));  // `behind` is skipped
}

}  // namespace
}  // namespace vnode::test
