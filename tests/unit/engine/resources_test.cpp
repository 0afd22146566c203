// Rule 39: named resources of nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/workflow_writer.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Dict needs(Dict resources, Dict parameters = {}, Dict limits = {}) {
  limits.set("resources", Value(std::move(resources)));
  parameters.set("__vnode__", Value(std::move(limits)));
  return parameters;
}

RunOptions with_license(ResourceAmount amount = kOneResource) { return {.resources = {{"license", amount}}}; }

const std::vector<std::string> kTurns = {"started", "waiting", "resumed", "finished", "error"};

TEST(Resources, AreHeldByOneAfterTheOther) {
  WorkflowBuilder w;
  for (const char* name : {"a", "b"})
    w.node(name, "delay_timer", needs({{"license", 1}}, {{"delay", 5}}))
        .node(std::string(name) + "_end", "test_pass");
  w.exec("a", "a_end").exec("b", "b_end");
  RunHarness run(w, with_license());
  run.run();
  // What follows them is none of theirs; then each of them goes on, in its turn.
  EXPECT_THAT(run.sink().only({"started a", "waiting", "resumed", "finished a ", "finished b "}),
              ElementsAre("started a start", "waiting b resource \"license: needs 1, 0 of 1 free\"",
                          "started a_end exec", "waiting a resource \"license: needs 1, 0 of 1 free\"",
                          "resumed b", "waiting b resource \"license: needs 1, 0 of 1 free\"", "resumed a",
                          "finished a success", "resumed b", "finished b success"));
  const double seconds = std::chrono::duration<double>(run.outcome().duration).count();
  EXPECT_GE(seconds, 10);
}

TEST(Resources, FractionsGoOnSideBySide) {
  WorkflowBuilder w;
  for (const char* name : {"a", "b"})
    w.node(name, "delay_timer", needs({{"license", 0.5}}, {{"delay", 5}}))
        .node(std::string(name) + "_end", "test_pass");
  w.exec("a", "a_end").exec("b", "b_end");
  RunHarness run(w, with_license());
  run.run();
  EXPECT_THAT(run.sink().only({"waiting"}), IsEmpty());
}

/// A node that fires into one that needs the same.
TEST(Resources, AreGivenBackBeforeAnExecWireIsFollowed) {
  WorkflowBuilder w;
  w.node("a", "test_pass", needs({{"license", 1}}))
      .node("b", "delay_timer", needs({{"license", 1}}, {{"delay", 1}}))
      .node("c", "test_pass", needs({{"license", 1}}));
  w.exec("a", "b").exec("b", "c");
  RunHarness run(w, with_license());
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted);
  EXPECT_EQ(run.outcome().nodes.succeeded, 3u);
  EXPECT_THAT(run.sink().only({"waiting"}), IsEmpty());
}

TEST(Resources, AreGivenBackWhileARetryIsWaitedFor) {
  WorkflowBuilder w;
  w.node("a", "test_fail_times", needs({{"license", 1}}, {{"times", 1}}, {{"retries", 1}, {"backoff", "1h"}}))
      .node("a_end", "test_pass")
      .node("b", "delay_timer", needs({{"license", 1}}, {{"delay", 5}}))
      .node("b_end", "test_pass");
  w.exec("a", "a_end").exec("b", "b_end");
  RunHarness run(w, with_license());
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted);
  EXPECT_THAT(run.sink().only({"waiting b"}), IsEmpty());
}

TEST(Resources, WaitingForThemIsNoOwnTime) {
  WorkflowBuilder w;
  for (const char* name : {"a", "b"}) {
    w.node(name, "delay_timer", needs({{"license", 1}}, {{"delay", 5}}, {{"timeout", "7s"}}))
        .node(std::string(name) + "_end", "test_pass");
  }
  w.exec("a", "a_end").exec("b", "b_end");
  RunHarness run(w, with_license());
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted);
}

TEST(Resources, AStopEndsTheWait) {
  WorkflowBuilder w;
  for (const char* name : {"a", "b"})
    w.node(name, "delay_timer", needs({{"license", 1}}, {{"delay", 5000}}))
        .node(std::string(name) + "_end", "test_pass");
  w.exec("a", "a_end").exec("b", "b_end");
  RunHarness run(w, with_license());
  while (run.sink().only({"waiting b"}).empty()) run.get().poll();
  run.get().stop(StopReason::kCancel);
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kCancelled);
  EXPECT_EQ(run.sink().count("finished b cancelled"), 1u);
  EXPECT_THAT(run.sink().only({"resumed"}), IsEmpty());
}

/// A timeout of what is around ends the wait; what the node would have held goes to others.
TEST(Resources, ATimeoutAroundEndsTheWait) {
  WorkflowBuilder inner;
  inner.node("want", "test_pass", needs({{"license", 1}}));
  WorkflowBuilder w;
  w.node("hold", "delay_timer", needs({{"license", 1}}, {{"delay", 100}}))
      .node("hold_end", "test_pass")
      .node("group", "group_node",
            {{"__workflow__", workflow_document(inner.workflow())}, {"__vnode__", Dict{{"timeout", "10s"}}}})
      .node("group_end", "test_pass")
      .node("late", "test_pass", needs({{"license", 1}}));
  w.exec("hold", "hold_end").exec("hold_end", "late").exec("group", "group_end");
  RunHarness run(w, with_license());
  run.run();
  EXPECT_EQ(run.sink().count("finished group timeout"), 1u);
  EXPECT_EQ(run.sink().count("finished late success"), 1u);
}

TEST(Resources, WorkOnThreadsNeedsThemBesideItsSlot) {
  WorkflowBuilder w;
  for (const char* name : {"a", "b", "c"}) w.node(name, "test_block", needs({{"license", 1}}));
  RunHarness run(w, with_license());
  run.run();
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted);
  EXPECT_EQ(run.sink().only({"finished"}).size(), 3u);
}

TEST(Resources, ThatTheRunDoesNotHaveFailTheNode) {
  WorkflowBuilder w;
  w.node("a", "test_pass", needs({{"gpu", 1}})).node("b", "test_pass", needs({{"license", 2}}));
  RunHarness run(w, with_license());
  run.run();
  EXPECT_EQ(run.outcome().nodes.failed, 2u);
  EXPECT_THAT(run.outcome().error, HasSubstr("does not have what it needs"));
}

}  // namespace
}  // namespace vnode::test
