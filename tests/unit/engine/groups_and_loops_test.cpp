// Rules 26, 27, 29 and 30, through the real nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/workflow_writer.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;

TEST(Loops, SeedNamesAreAccepted) {
  WorkflowBuilder w;
  w.node("each", "For Each", {{"collection", "ab"}}).node("body", "test_pass").node("end", "test_pass");
  w.exec("each.exec_step", "body").exec("each.exec_out", "end");
  w.node("while", "While Loop", {{"condition", true}, {"max_iterations", 3}})
      .node("body2", "test_pass")
      .node("end2", "test_pass");
  w.exec("while.exec_loop_body", "body2").exec("while.exec_out", "end2");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("started body exec"), 2u);
  EXPECT_EQ(run.sink().count("started end exec"), 1u);
  EXPECT_EQ(run.sink().count("started body2 exec"), 3u);
  EXPECT_EQ(run.sink().count("started end2 exec"), 1u);
}

TEST(Loops, ConditionsArePulled) {
  // No hook on the way (math_add), so only a pull can bring the condition up to date.
  WorkflowBuilder w;
  w.node("each", "For Each", {{"collection", Value::list({0, -1, 5, 7})}}).node("body", "test_pass");
  w.node("sum", "math_add", {{"b", 1}}).node("stop", "math_modulo", {{"b", 6}});
  w.exec("each.each_item", "body").data("each.current_item", "body.in");
  w.data("each.current_item", "sum.a").data("sum.result", "each.continue_condition");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("started body exec"), 1u);  // only -1 + 1 is false
  EXPECT_TRUE(run.sink().has("output body out=-1"));

  WorkflowBuilder v;
  v.node("while", "While Loop").node("body", "test_pass").node("sub", "math_subtract", {{"b", 4}});
  v.node("not", "logical_gate", {{"operation", "NOT"}}).node("inc", "math_add", {{"b", 1}});
  v.exec("while.each_iteration", "body")
      .data("while.current_index", "sub.a")
      .data("sub.result", "while.condition");
  RunHarness loop(v);
  loop.run();
  EXPECT_EQ(loop.sink().count("started body exec"),
            5u);  // index 4 makes the condition 0, which is read after its body
}

TEST(Loops, AFailedConditionFailsTheLoop) {
  WorkflowBuilder w;
  w.node("each", "For Each", {{"collection", "ab"}}).node("body", "test_pass").node("bad", "test_fail");
  w.exec("each.each_item", "body")
      .data("each.current_item", "bad.in")
      .data("bad.value", "each.continue_condition");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 1);
}

/// in -> add 1 -> out, with an inner variable.
Value plus_one(bool fails = false) {
  WorkflowBuilder inner;
  inner.node("in", "group_in", {{"port_name", "x"}})
      .node("sum", fails ? "test_fail" : "math_add", {{"b", 1}});
  inner.node("set", "Set Variable", {{"name", "inner"}, {"value", 1}});
  inner.node("out", "group_out", {{"port_name", "y"}});
  inner.data("in.value", fails ? "sum.in" : "sum.a").data(fails ? "sum.value" : "sum.result", "out.value");
  inner.exec("set", "out");
  return workflow_document(inner.workflow());
}

Value ports() {
  return Value::list({Value(Dict{{"name", "x"}, {"type", "any"}, {"is_input", true}}),
                      Value(Dict{{"name", "y"}, {"type", "any"}, {"is_input", false}})});
}

TEST(Groups, ValuesGoInAndOut) {
  WorkflowBuilder w;
  w.node("group", "group_node", {{"__workflow__", plus_one()}, {"__port_defs__", ports()}});
  w.node("source", "test_value", {{"in", 41}}).node("end", "test_pass");
  w.data("source.value", "group.x").data("group.y", "end.in").exec("group", "end");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("end", "out"), "42.0");
  EXPECT_EQ(run.outcome().exit_code, 0);
}

TEST(Groups, VariablesAreTheirOwn) {
  WorkflowBuilder w;
  w.node("set", "Set Variable", {{"name", "outer"}, {"value", 1}});
  w.node("group", "group_node", {{"__workflow__", plus_one()}, {"__port_defs__", ports()}, {"x", 1}});
  w.node("inner", "Get Variable", {{"name", "inner"}}).node("outer", "Get Variable", {{"name", "outer"}});
  w.node("end", "math_add").exec("set", "group").exec("group", "end");
  w.data("inner.value", "end.a").data("outer.value", "end.b");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.result("end", "result"), "1.0");
  EXPECT_EQ(run.result("inner", "value"), "None");
}

TEST(Groups, EventsCarryThePath) {
  WorkflowBuilder w;
  w.node("group", "group_node", {{"__workflow__", plus_one()}, {"__port_defs__", ports()}, {"x", 1}});
  RunHarness run(w);
  run.run();
  const auto inner = run.sink().only({"started group/group"});  // the inner first node has the same number
  EXPECT_FALSE(inner.empty());
}

TEST(Groups, AHandledFailureDoesNotFailTheRun) {
  WorkflowBuilder w;
  w.node("group", "group_node", {{"__workflow__", plus_one(true)}, {"__port_defs__", ports()}, {"x", 1}});
  w.node("ok", "test_pass")
      .node("handler", "test_pass")
      .exec("group.exec_out", "ok")
      .exec("group.exec_fail", "handler");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("started handler exec"), 1u);
  EXPECT_EQ(run.sink().count("started ok exec"), 0u);
  EXPECT_EQ(run.sink().count("finished group success"), 1u);
  EXPECT_FALSE(run.sink().only({"log group error"}).empty());
  EXPECT_EQ(run.outcome().exit_code, 0);
}

TEST(Groups, AnUnhandledFailureFailsTheGroup) {
  WorkflowBuilder w;
  w.node("group", "group_node", {{"__workflow__", plus_one(true)}, {"__port_defs__", ports()}, {"x", 1}});
  w.node("ok", "test_pass").exec("group.exec_out", "ok");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.sink().count("finished group failed"), 1u);
  EXPECT_EQ(run.outcome().exit_code, 1);
}

TEST(Groups, ADataWireFromExecFailHandlesNothing) {
  WorkflowBuilder w;
  w.node("group", "group_node", {{"__workflow__", plus_one(true)}, {"__port_defs__", ports()}, {"x", 1}});
  w.node("reader", "test_pass").node("ok", "test_pass").exec("group.exec_out", "ok");
  w.data("group.exec_fail", "reader.in");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 1);
}

TEST(Groups, FailFastStopsInsideUnlessTheFailureIsHandled) {
  WorkflowBuilder inner;
  inner.node("bad", "test_fail").node("a", "test_pass").node("wait", "delay_timer", {{"delay", 100.0}});
  inner.exec("a", "wait");
  inner.exec("bad", "wait");
  const Value document = workflow_document(inner.workflow());
  WorkflowBuilder open, handled;
  open.node("group", "group_node", {{"__workflow__", document}});
  handled.node("group", "group_node", {{"__workflow__", document}})
      .node("h", "test_pass")
      .exec("group.exec_fail", "h");
  RunHarness stops(open, {.fail_fast = true}), goes_on(handled, {.fail_fast = true});
  EXPECT_EQ(stops.run().outcome().status, RunStatus::kFailed);
  EXPECT_LT(stops.outcome().duration, Duration(std::chrono::seconds(1)));
  EXPECT_EQ(goes_on.run().outcome().status, RunStatus::kCompleted);
  EXPECT_GE(goes_on.outcome().duration, Duration(std::chrono::seconds(100)));
}

TEST(Groups, UndeclaredOutputsAreReturned) {
  WorkflowBuilder inner;
  inner.node("a", "test_value", {{"in", 1}, {"value", 1}}).node("out", "group_out", {{"port_name", "extra"}});
  inner.data("a.value", "out.value");
  WorkflowBuilder w;
  w.node("group", "group_node", {{"__workflow__", workflow_document(inner.workflow())}});
  w.node("end", "test_pass").exec("group", "end");
  RunHarness run(w);
  run.run();
  EXPECT_NE(run.result("group", "extra"), "unset");
  EXPECT_EQ(run.outcome().exit_code, 0);
}

/// A loop over a number logs an error; with `fails` a node fails, too.
Value logs_an_error_inside(bool fails) {
  WorkflowBuilder inner;
  inner.node("loop", "For Each", {{"collection", 5}}).node("end", fails ? "test_fail" : "test_pass");
  inner.exec("loop.exec_on_finished", "end");
  return workflow_document(inner.workflow());
}

TEST(LoggedErrors, InAGroupCountForTheGroup) {
  WorkflowBuilder w;
  w.node("group", "group_node", {{"__workflow__", logs_an_error_inside(false)}}).node("h", "test_pass");
  w.exec("group.exec_fail", "h");  // nothing has failed, so nobody handles it
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 1);
  EXPECT_EQ(run.outcome().nodes.with_errors, 1u);
  EXPECT_EQ(run.sink().count("finished group success"), 1u);
  EXPECT_THAT(run.outcome().error, testing::StartsWith("1 error was logged: For Each ("));
}

TEST(LoggedErrors, OfAHandledFailureAreHandledWithIt) {
  WorkflowBuilder w;
  w.node("group", "group_node", {{"__workflow__", logs_an_error_inside(true)}}).node("h", "test_pass");
  w.exec("group.exec_fail", "h");
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_EQ(run.outcome().nodes.with_errors, 1u) << "counted, whatever is made of them";
  EXPECT_GE(run.sink().only({"log group error"}).size(), 1u) << "forwarded by the group";
}

Dict says(const char* word) { return *word ? Dict{{"error_logs", word}} : Dict(); }

/// A node that logs an error, in a group in a group; each with what it says in its `__vnode__`.
WorkflowBuilder logs_an_error_deep_inside(const char* outer, const char* inner, const char* node) {
  WorkflowBuilder deep, middle, w;
  deep.node("loop", "For Each", {{"collection", 5}, {"__vnode__", Value(says(node))}})
      .node("end", "test_pass");
  deep.exec("loop.exec_on_finished", "end");
  middle.node("inner", "group_node",
              {{"__workflow__", workflow_document(deep.workflow())}, {"__vnode__", Value(says(inner))}});
  w.node("outer", "group_node",
         {{"__workflow__", workflow_document(middle.workflow())}, {"__vnode__", Value(says(outer))}});
  return w;
}

TEST(LoggedErrors, GoByTheNearestThatSaysWhatTheyAre) {
  struct Case {
    const char *outer, *inner, *node;
    int exit_code;
  };
  for (const Case& c : {Case{"", "", "", 1}, Case{"report", "", "", 0}, Case{"", "report", "", 0},
                        Case{"report", "fail", "", 1}, Case{"fail", "report", "", 0},
                        Case{"report", "report", "fail", 1}, Case{"fail", "fail", "report", 0}}) {
    RunHarness run(logs_an_error_deep_inside(c.outer, c.inner, c.node));
    run.run();
    const std::string what = std::string(c.outer) + "/" + c.inner + "/" + c.node;
    EXPECT_EQ(run.outcome().exit_code, c.exit_code) << what;
    EXPECT_EQ(run.outcome().nodes.with_errors, 1u) << what;
    EXPECT_EQ(run.outcome().error.empty(), c.exit_code == 0) << what;
  }
}

TEST(LoggedErrors, OfADefinitionThatReportsThemAreNoneOfAGroupAround) {
  NodeLibrary library;
  library.add({.definition = {.node_id = "test_grumble", .reports_error_logs = true},
               .compute = [](NodeCall& call) -> Outputs {
                 call.log_error("well");
                 return {};
               }});
  Registry registry = test_registry();
  registry.add_library(library);
  WorkflowBuilder inner, w;
  inner.node("a", "test_grumble");
  w.node("group", "group_node",
         {{"__workflow__", workflow_document(inner.workflow())}, {"__vnode__", Value(says("fail"))}});
  RunHarness run(w, {}, registry);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 0);
  EXPECT_EQ(run.outcome().nodes.with_errors, 1u);
}

TEST(Groups, AnUnknownInnerNodeFailsTheGroup) {
  WorkflowBuilder inner;
  inner.node("a", "no_such_node");
  WorkflowBuilder w;
  w.node("group", "group_node", {{"__workflow__", workflow_document(inner.workflow())}});
  RunHarness run(w);
  run.run();
  EXPECT_EQ(run.outcome().exit_code, 1);
}

}  // namespace
}  // namespace vnode::test
