// Rules 31 to 33: driving runs from a host program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "support/run_harness.h"

namespace vnode::test {
namespace {

using namespace std::chrono_literals;

WorkflowBuilder sleeper(double seconds) {
  WorkflowBuilder w;
  w.node("wait", "delay_timer", {{"delay", seconds}})
      .node("end", "test_pass", {{"in", "done"}})
      .exec("wait", "end");
  return w;
}

TEST(Stepping, TwoRunsInOneFrameLoop) {
  RunHarness quick(sleeper(0.5)), slow(sleeper(1.0));
  int frames = 0, quick_end = 0;
  while (!slow.get().finished()) {
    quick.get().poll();
    slow.get().poll();
    ++frames;
    if (quick.get().finished() && quick_end == 0) quick_end = frames;
    quick.clock().advance(16ms);
    slow.clock().advance(16ms);
    ASSERT_LT(frames, 1000);
  }
  EXPECT_NEAR(frames, 1000 / 16, 4);
  EXPECT_NEAR(quick_end, 500 / 16, 4);
}

TEST(Stepping, PollNeverWaits) {
  RunHarness run(sleeper(3600.0));
  for (int i = 0; i < 100; ++i) run.get().poll();
  EXPECT_FALSE(run.get().finished());
  EXPECT_FALSE(run.get().has_ready());
  EXPECT_EQ(run.get().next_deadline(), run.clock().steady_now() + 3600s);
}

TEST(Stepping, OnePollGivesEachReadyChainOneTurn) {
  WorkflowBuilder w;
  w.node("a", "test_yield", {{"times", 3}}).node("end", "test_pass").exec("a", "end");
  RunHarness run(w);
  int polls = 0;
  while (!run.get().poll()) ++polls;
  EXPECT_GE(polls, 4);
}

TEST(Stepping, PollWithABudget) {
  WorkflowBuilder w;
  w.node("a", "test_yield", {{"times", 1000}}).node("end", "test_pass").exec("a", "end");
  RunHarness run(w);
  EXPECT_TRUE(run.get().poll(1h));
}

TEST(Stepping, AStopMakesAPollDue) {
  RunHarness run(sleeper(3600.0));
  run.get().poll();
  run.get().poll();
  EXPECT_FALSE(run.get().has_ready());
  run.get().stop(StopReason::kCancel);
  EXPECT_TRUE(run.get().has_ready());
}

TEST(Stepping, ABudgetWithoutEnd) {
  RunHarness run(sleeper(0.0));
  EXPECT_TRUE(run.get().poll(Duration::max()));
}

TEST(Stepping, OnePlanTwice) {
  WorkflowBuilder w = sleeper(0.01);
  Problems problems;
  auto plan = Plan::make(w.workflow(), test_registry(), problems);
  auto run_it = [&plan, &w] {
    SystemClock clock;
    WorkerPool workers(1);
    HttpClient http;
    RecordingSink sink([&w](const Uuid& id) { return w.name(id); });
    vnode::Run run(plan, {clock, workers, http}, sink, {.run_id = "r"});
    run.run_to_end();
    EXPECT_EQ(sink.lines.back(), "execution_finished completed 0");
    EXPECT_FALSE(sink.seq_has_gaps);
  };
  run_it();
  std::thread first(run_it), second(run_it);
  first.join();
  second.join();
}

TEST(Stepping, AWakeFunctionTellsThatAPollIsDue) {
  WorkflowBuilder w;
  w.node("a", "test_block");
  RunHarness run(w);
  std::atomic<int> wakes{0};
  run.get().set_wake([&wakes] {
    wakes.fetch_add(1);
    wakes.notify_all();
  });
  run.get().poll();
  run.get().poll();
  wakes.wait(0);
  run.run();
  EXPECT_EQ(run.result("a", "out"), "1");
}

TEST(Stepping, ResultsStayAvailable) {
  RunHarness run(sleeper(0.0));
  run.run();
  EXPECT_EQ(run.result("end", "out"), "'done'");
  EXPECT_EQ(run.get().results(numbered_id(2)).size(), 2u);  // out and exec_out
  EXPECT_EQ(run.get().result(numbered_id(99), "out"), nullptr);
}

}  // namespace
}  // namespace vnode::test
