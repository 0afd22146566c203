// Rule 25: nothing depends on the native stack. Small counts under sanitizers, whose runs are slow.
#include <gtest/gtest.h>

#include "model/workflow_writer.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
constexpr int kChain = 100'000;
constexpr int kUnwound = 20'000;  // an exception costs a millisecond a frame there
constexpr int kGroups = 1'000;
#else
constexpr int kChain = 1'000'000;
constexpr int kUnwound = kChain;
constexpr int kGroups = 10'000;
#endif

/// Counts; wants no node events, as --format quiet.
struct QuietSink final : EventSink {
  void on_event(const Event&) override {}
  bool wants_node_events() const override { return false; }
};

Workflow chain(int length, bool exec) {
  Workflow workflow;
  for (int i = 0; i < length; ++i) {
    NodeInstance node;
    node.instance_id = numbered_id(static_cast<std::size_t>(i) + 1);
    node.node_id = exec ? "test_pass" : "test_relay";
    // A pull chain is driven from its end, which therefore stands first in the file.
    if (!exec && i == 0) node.node_id = "test_pass";
    workflow.nodes.push_back(std::move(node));
    if (i == 0) continue;
    Connection wire;
    wire.from_node = numbered_id(static_cast<std::size_t>(exec ? i : i + 1));
    wire.to_node = numbered_id(static_cast<std::size_t>(exec ? i + 1 : i));
    wire.from_port = exec ? "exec_out" : "out";
    wire.to_port = exec ? "exec_in" : "in";
    wire.is_exec = exec;
    workflow.connections.push_back(std::move(wire));
  }
  if (!exec) {
    Connection self;  // makes it flow mode
    self.from_node = self.to_node = numbered_id(1);
    self.from_port = "out";
    self.to_port = "x";
    self.is_exec = true;
    NodeInstance trigger;
    trigger.instance_id = numbered_id(static_cast<std::size_t>(length) + 1);
    trigger.node_id = "test_pass";
    self.from_node = trigger.instance_id;
    self.from_port = "exec_out";
    workflow.nodes.insert(workflow.nodes.begin(), std::move(trigger));
    workflow.connections.push_back(std::move(self));
  }
  return workflow;
}

RunOutcome run_quietly(Workflow workflow, int polls_before_stop = -1) {
  Problems problems;
  auto plan = Plan::make(std::move(workflow), test_registry(), problems);
  EXPECT_NE(plan, nullptr);
  SystemClock clock;
  WorkerPool workers(1);
  HttpClient http;
  QuietSink sink;
  vnode::Run run(plan, {clock, workers, http}, sink, {.run_id = "deep"});
  for (int i = 0; i < polls_before_stop; ++i) run.poll();
  if (polls_before_stop >= 0) run.stop(StopReason::kCancel);
  return run.run_to_end();
}

TEST(Depth, ExecChain) {
  EXPECT_EQ(run_quietly(chain(kChain, true)).nodes.succeeded, static_cast<std::size_t>(kChain));
}

TEST(Depth, PullChain) {
  EXPECT_EQ(run_quietly(chain(kChain, false)).nodes.succeeded, static_cast<std::size_t>(kChain) + 1);
}

TEST(Depth, AStoppedChainUnwinds) {
  Workflow workflow = chain(kUnwound, true);
  workflow.nodes.back().node_id = "delay_timer";
  workflow.nodes.back().parameters = Dict{{"delay", 1000.0}};
  const RunOutcome outcome = run_quietly(std::move(workflow), 2);
  EXPECT_EQ(outcome.status, RunStatus::kCancelled);
  EXPECT_EQ(outcome.nodes.never_started, 0u);
}

TEST(Depth, Groups) {
  Workflow inner;
  NodeInstance leaf;
  leaf.instance_id = numbered_id(1);
  leaf.node_id = "test_pass";
  inner.nodes.push_back(leaf);
  Value document = workflow_document(inner);
  for (int i = 0; i < kGroups; ++i) {
    NodeInstance group;
    group.instance_id = numbered_id(1);
    group.node_id = "group_node";
    group.parameters = Dict{{"__workflow__", document}};
    Workflow level;
    level.nodes.push_back(std::move(group));
    if (i == kGroups - 1) {
      EXPECT_EQ(run_quietly(std::move(level)).status, RunStatus::kCompleted);
      return;
    }
    document = workflow_document(level);
  }
}

}  // namespace
}  // namespace vnode::test
