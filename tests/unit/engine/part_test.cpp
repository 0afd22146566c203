// Rule 48: parts of a workflow.
#include "engine/part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/preparation.h"
#include "model/workflow_writer.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// What of a workflow runs when a part of it is asked for.
class Parts : public testing::Test {
 protected:
  /// Names of the nodes that were started, in order.
  std::vector<std::string> run(const PartRequest& request, const std::vector<Override>& overrides = {}) {
    prepare_part(request, overrides);
    EXPECT_NE(made.plan, nullptr) << (made.problems.empty() ? "" : made.problems[0].message);
    if (!made.plan) return {};
    harness.emplace(w, made.plan);
    harness->run();
    std::vector<std::string> names;
    for (const std::string& line : harness->sink().only({"started"})) {
      const std::string name = line.substr(8, line.find(' ', 8) - 8);
      names.push_back(name);
    }
    return names;
  }
  std::string refusal(const PartRequest& request) {
    prepare_part(request, {});
    EXPECT_EQ(made.plan, nullptr);
    EXPECT_TRUE(made.is_override_refused);
    EXPECT_EQ(made.problems.size(), 1u);
    return made.problems.empty()
               ? ""
               : made.problems[0].code + ": " + made.problems[0].message + "; " + made.problems[0].hint;
  }
  void prepare_part(const PartRequest& request, const std::vector<Override>& overrides) {
    made = prepare(write_workflow(w.workflow()), registry, {.overrides = overrides, .part = request});
  }
  std::string id(const std::string& name) { return w.id(name).text(); }
  PartRequest target(const std::string& name) { return {.targets = {id(name)}}; }

  Registry registry = test_registry();
  WorkflowBuilder w;
  Preparation made;
  std::optional<RunHarness> harness;
};

TEST_F(Parts, InDataFlowATargetIsItAndItsSources) {
  w.node("a", "test_value").node("b", "test_relay").node("c", "test_relay").node("other", "test_value");
  w.data("a.value", "b.in").data("b.out", "c.in");
  EXPECT_THAT(run(target("b")), ElementsAre("a", "b"));
  EXPECT_EQ(harness->outcome().nodes.never_started, 0u);
  EXPECT_THAT(run({.targets = {id("other"), id("a")}}), UnorderedElementsAre("a", "other"));
}

TEST_F(Parts, InAFlowATargetIsItsExecPathsWithTheirSources) {
  w.node("start", "test_pass")
      .node("mid", "test_pass")
      .node("side", "test_pass")
      .node("end", "test_pass")
      .node("after", "test_pass");
  w.node("source", "test_value").node("idle", "test_value");
  w.exec("start", "side").exec("start", "mid").exec("mid", "end").exec("end", "after");
  w.data("source.value", "mid.in").data("idle.value", "after.in");
  EXPECT_THAT(run(target("end")), UnorderedElementsAre("start", "source", "mid", "end"));
  EXPECT_EQ(harness->outcome().exit_code, 0);
  EXPECT_THAT(run(target("start")), ElementsAre("start"));
}

TEST_F(Parts, ASourceThatExecWiresRunIsNeededWithItsPaths) {
  w.node("start", "test_pass")
      .node("a", "test_pass", {{"in", 5}})
      .node("b", "test_pass")
      .node("c", "test_pass");
  w.exec("start", "a").exec("start", "c").exec("start", "b").data("a.out", "b.in");
  EXPECT_THAT(run(target("b")), ElementsAre("start", "a", "b"));
  EXPECT_EQ(harness->result("b", "out"), "5");
}

TEST_F(Parts, ADataOnlyTargetOfAFlowIsItAndItsSources) {
  w.node("start", "test_pass")
      .node("end", "test_pass")
      .node("a", "test_value", {{"in", 3}})
      .node("b", "test_relay");
  w.exec("start", "end").data("a.value", "b.in").data("b.out", "end.in");
  EXPECT_THAT(run(target("b")), UnorderedElementsAre("a", "b"));
  EXPECT_EQ(harness->result("b", "out"), "3");
}

TEST_F(Parts, ADataOnlyTargetBehindAFlowRunsWhenThatHasEnded) {
  w.node("sum", "test_relay")
      .node("start", "test_pass")
      .node("a", "test_pass", {{"in", 3}})
      .node("b", "test_pass");
  w.exec("start", "a").exec("a", "b").data("a.out", "sum.in");
  EXPECT_THAT(run(target("sum")), ElementsAre("start", "a", "sum"));
  EXPECT_EQ(harness->result("sum", "out"), "3");
}

TEST_F(Parts, InitNodesRun) {
  w.node("init", "test_pass")
      .node("behind", "test_pass")
      .node("start", "test_pass")
      .node("end", "test_pass")
      .node("other", "test_pass");
  w.init_priority("init", 1).exec("init", "behind").exec("start", "end").exec("start", "other");
  EXPECT_THAT(run(target("end")), ElementsAre("init", "start", "end"));
  EXPECT_THAT(run(target("behind")), ElementsAre("init", "behind"));
}

TEST_F(Parts, AWireIntoAnInitNodeFiresOnlyOnTheWayToATarget) {
  w.node("init", "test_pass").node("start", "test_pass").node("end", "test_pass");
  w.init_priority("init", 1).exec("start", "init").exec("start", "end");
  EXPECT_THAT(run(target("end")), ElementsAre("init", "start", "end"));
}

TEST_F(Parts, ATargetInALoopsBodyRunsInEachIteration) {
  w.node("start", "test_pass").node("each", "For Each", {{"collection", Value::list({1, 2, 3})}});
  w.node("body", "test_pass").node("behind", "test_pass").node("after", "test_pass");
  w.exec("start", "each")
      .exec("each.each_item", "body")
      .exec("body", "behind")
      .exec("each.exec_on_finished", "after");
  const std::vector<std::string> started = run(target("body"));
  EXPECT_THAT(started, ElementsAre("start", "each", "body", "body", "body"));
}

TEST_F(Parts, AnUnconnectedTargetRuns) {
  w.node("start", "test_pass").node("end", "test_pass").node("lonely", "test_value");
  w.exec("start", "end");
  EXPECT_THAT(run(target("lonely")), ElementsAre("lonely"));
  EXPECT_THAT(run({.targets = {id("lonely"), id("end")}}), UnorderedElementsAre("lonely", "start", "end"));
}

TEST_F(Parts, WhatIsLeftOfAFlowStaysOne) {
  // Data wires in a cycle are an error in data-flow mode only.
  w.node("start", "test_pass").node("end", "test_pass").node("a", "test_relay").node("b", "test_relay");
  w.exec("start", "end").data("a.out", "b.in").data("b.out", "a.in");
  EXPECT_THAT(run(target("a")), testing::Contains("a"));
}

TEST_F(Parts, ANodeThatWorksByItsPresenceStays) {
  NodeLibrary library;
  library.add({.definition = {.node_id = "prism_core_init", .inputs = {{"in"}}, .outputs = {{"out"}}},
               .compute = [](NodeCall&) -> Outputs { return {}; }});
  registry.add_library(library);
  w.node("prism", "prism_core_init")
      .node("start", "test_pass")
      .node("end", "test_pass")
      .node("wired", "prism_core_init");
  w.exec("start", "wired").exec("start", "end");
  EXPECT_THAT(run(target("end")), ElementsAre("start", "end"));
  EXPECT_EQ(made.plan->workflow().nodes.size(), 4u);
  EXPECT_THAT(run({.only = id("end")}), ElementsAre("end"));
  EXPECT_EQ(made.plan->workflow().nodes.size(), 1u);
}

TEST_F(Parts, AWholeWorkflowCanBeATarget) {
  w.node("a", "test_pass").node("b", "test_pass").exec("a", "b");
  EXPECT_THAT(run(target("b")), ElementsAre("a", "b"));
}

TEST_F(Parts, OnlyRunsANodeAloneOnWhatItHasSaved) {
  w.node("init", "test_pass").node("source", "test_value", {{"in", 9}}).node("start", "test_pass");
  w.node("one", "test_pass", {{"in", 4}}).node("end", "test_pass");
  w.init_priority("init", 1).data("source.value", "one.in").exec("start", "one").exec("one", "end");
  EXPECT_THAT(run({.only = id("one")}), ElementsAre("one"));
  EXPECT_EQ(harness->result("one", "out"), "4");
  EXPECT_THAT(run({.only = id("one")}, {{id("one") + ".in", {}, std::string("5")}}), ElementsAre("one"));
  EXPECT_EQ(harness->result("one", "out"), "5") << "its wires bring nothing";
  EXPECT_THAT(run({.only = id("init")}), ElementsAre("init"));
}

TEST_F(Parts, OnlyRunsAGroupWithAllThatIsInIt) {
  WorkflowBuilder inner;
  inner.node("x", "test_pass").node("y", "test_pass").exec("x", "y");
  w.node("start", "test_pass")
      .node("g", "group_node", {{"__workflow__", workflow_document(inner.workflow())}});
  w.exec("start", "g");
  run({.only = id("g")});
  EXPECT_EQ(harness->outcome().exit_code, 0) << harness->outcome().error;
  EXPECT_EQ(harness->sink().only({"started"}).size(), 3u);
}

TEST_F(Parts, SkippedNodesAreAsIfBypassed) {
  w.node("start", "test_fail").node("mid", "test_fail").node("end", "test_pass");
  w.exec("start", "mid").exec("mid", "end").data("mid.out", "end.in");
  EXPECT_THAT(run({.skips = {id("mid"), id("start")}}), ElementsAre("start", "mid", "end"));
  EXPECT_EQ(harness->outcome().exit_code, 0);
  EXPECT_EQ(harness->result("end", "out"), "None") << "it passes no data";
  EXPECT_THAT(run({.targets = {id("mid")}, .skips = {id("start")}}), ElementsAre("start", "mid"));
}

TEST_F(Parts, NodesAreNamedAsInParameters) {
  w.node("a", "test_pass", {{"__name__", "first"}}).node("b", "test_value").exec("a", "b");
  EXPECT_THAT(run({.targets = {"first"}}), ElementsAre("a"));
  EXPECT_THAT(run({.targets = {"first.out"}}), ElementsAre("a"));
  EXPECT_THAT(run({.targets = {"test_pass.exec_out"}}), ElementsAre("a"));
  EXPECT_THAT(run({.only = "test_value"}), ElementsAre("b"));
}

TEST_F(Parts, ThatMakeNoSenseAreRefused) {
  WorkflowBuilder inner;
  inner.node("deep", "delay_timer", {{"__name__", "deep"}});
  w.node("a", "test_pass", {{"__name__", "first"}}).node("b", "test_pass").exec("a", "b");
  w.node("ring", "test_yield").node("ring2", "test_yield").exec("ring", "ring2").exec("ring2", "ring");
  w.node("g", "group_node", {{"__workflow__", workflow_document(inner.workflow())}});
  EXPECT_THAT(
      refusal({.targets = {"frist"}}),
      HasSubstr("unknown_node: --target frist: the workflow has no node 'frist'; did you mean 'first'?"));
  EXPECT_THAT(refusal({.targets = {"test_pass"}}), HasSubstr("ambiguous_node: --target test_pass: "));
  EXPECT_THAT(refusal({.targets = {"first.uot"}}),
              HasSubstr("unknown_port: --target first.uot: no output 'uot'; did you mean 'out'?"));
  EXPECT_THAT(refusal({.targets = {"first.in"}}), HasSubstr("its outputs are"));
  EXPECT_THAT(refusal({.targets = {""}}), HasSubstr("unknown_node"));
  EXPECT_THAT(refusal({.targets = {"deep"}}), HasSubstr("bad_part: --target deep: it is inside of a group"));
  EXPECT_THAT(refusal({.targets = {"deep.exec_out"}}), HasSubstr("name the group: " + id("g")));
  EXPECT_THAT(refusal({.skips = {"delay_timer"}}), HasSubstr("inside of a group"));
  EXPECT_THAT(refusal({.targets = {id("ring")}}), HasSubstr("unreachable_target: the target never runs"));
  EXPECT_THAT(refusal({.targets = {"first"}, .skips = {"first"}}), HasSubstr("also a target"));
  EXPECT_THAT(refusal({.targets = {"first"}, .only = "first"}), HasSubstr("a node alone"));
  EXPECT_THAT(refusal({.only = "first.out"}), HasSubstr("unknown_node: --only first.out"));
}

TEST_F(Parts, AParameterOfWhatDoesNotRunIsAWarning) {
  w.node("a", "test_pass").node("b", "test_pass").exec("a", "b");
  run(target("a"), {{id("b") + ".in", {}, std::string("1")}});
  ASSERT_EQ(made.problems.size(), 1u);
  EXPECT_EQ(made.problems[0].code, "idle_override");
  EXPECT_EQ(made.problems[0].severity, Severity::kWarning);
}

TEST_F(Parts, ErrorsOfTheDocumentCountAlsoWhereTheyDoNotRun) {
  w.node("a", "test_pass").node("b", "no_such_node");
  prepare_part(target("a"), {});
  EXPECT_EQ(made.plan, nullptr);
  EXPECT_FALSE(made.is_override_refused);
}

TEST_F(Parts, ProblemsPointIntoTheFile) {
  w.node("x", "test_pass").node("a", "file_write", {{"path", "C:/a"}});
  w.exec("x", "a");
  made = prepare(write_workflow(w.workflow()), test_registry(),
                 {.part = {.only = "file_write"}, .beginning = Beginning::kSubmission});
  ASSERT_EQ(made.problems.size(), 1u);
  EXPECT_EQ(made.problems[0].pointer, "/nodes/1/parameters/path");
}

}  // namespace
}  // namespace vnode::test
