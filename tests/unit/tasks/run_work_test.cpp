// Rule 1: runs as the work of tasks.
#include "tasks/run_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_runtime.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

class RunWork : public testing::Test {
 protected:
  std::shared_ptr<const Plan> plan(const WorkflowBuilder& builder,
                                   const Registry& registry = test_registry()) {
    Problems problems;
    auto plan = Plan::make(builder.workflow(), registry, problems);
    EXPECT_NE(plan, nullptr);
    return plan;
  }
  static WorkflowBuilder sleeper(double seconds) {
    WorkflowBuilder w;
    w.node("wait", "delay_timer", {{"delay", seconds}})
        .node("end", "test_pass", {{"in", "done"}})
        .exec("wait", "end");
    return w;
  }
  TaskHandle submit(const WorkflowBuilder& builder, TaskRequest request = {}, EventSink* sink = nullptr) {
    return table.submit(std::move(request), run_work(plan(builder), services(), sink));
  }
  RunServices services() { return {clock, workers, http}; }
  void settle() {
    while (table.step()) {
    }
  }
  static std::int64_t node_count(const TaskHandle& task, std::string_view name) {
    return task->ended()->result.as_dict().find("nodes")->as_dict().find(name)->as_int();
  }

  FakeClock clock;
  WorkerPool workers{2};
  HttpClient http;
  TaskTable table{clock, {.default_concurrency = 4}};
};

TEST_F(RunWork, ARunIsATask) {
  RecordingSink sink([](const Uuid& id) { return id.text().substr(35); });
  const TaskHandle task = submit(sleeper(2.0), {.id = "261121-00001"}, &sink);
  settle();
  EXPECT_EQ(task->status(), RunStatus::kRunning);
  EXPECT_EQ(table.next_deadline(), clock.steady_now() + 2s);
  clock.advance(2s);
  settle();
  ASSERT_EQ(task->status(), RunStatus::kCompleted);
  EXPECT_EQ(task->ended()->exit_code, 0);
  EXPECT_EQ(task->ended()->error, "");
  EXPECT_EQ(task->ended()->duration, 2s);
  EXPECT_EQ(task->ended()->result.as_dict().find("status")->as_text(), "completed");
  EXPECT_EQ(task->ended()->result.as_dict().find("exit_code")->as_int(), 0);
  EXPECT_EQ(node_count(task, "executed"), 2);
  EXPECT_EQ(node_count(task, "never_started"), 0);
  EXPECT_EQ(sink.lines.back(), "execution_finished completed 0");
}

/// Keeps what the first event says of the run.
class FirstEvent final : public EventSink {
 public:
  void on_event(const Event& event) override {
    if (const auto* started = std::get_if<ExecutionStarted>(&event.body)) {
      runs.push_back(std::string(event.run_id) + " " + std::to_string(started->attempt));
    }
  }
  std::vector<std::string> runs;
};

TEST_F(RunWork, AFailedRunIsAFailedTaskAndMayBeTriedAgain) {
  WorkflowBuilder w;
  w.node("bad", "test_fail", {{"message", "no rocks"}});
  FirstEvent sink;
  const TaskHandle task = submit(w, {.id = "a", .retries = 1}, &sink);
  settle();
  ASSERT_EQ(task->status(), RunStatus::kFailed);
  EXPECT_EQ(task->ended()->exit_code, 1);
  EXPECT_THAT(task->ended()->error, HasSubstr("no rocks"));
  EXPECT_EQ(node_count(task, "failed"), 1);
  EXPECT_THAT(sink.runs, ElementsAre("a 1", "a 2"));
}

TEST_F(RunWork, AnInvalidRunIsNotTriedAgain) {
  const auto runtime = std::make_shared<FakeRuntime>();
  runtime->behaviours["broken"].refusal = "invalid syntax";
  Registry registry = test_registry();
  registry.add(fake_runtime_type("broken", runtime));
  WorkflowBuilder w;
  w.node("a", "broken");
  FirstEvent sink;
  const TaskHandle task =
      table.submit({.id = "a", .retries = 2}, run_work(plan(w, registry), services(), &sink));
  settle();
  ASSERT_EQ(task->status(), RunStatus::kFailed);
  EXPECT_EQ(task->ended()->exit_code, 3);
  EXPECT_THAT(task->ended()->error, HasSubstr("the workflow is not valid: "));
  EXPECT_THAT(task->ended()->error, HasSubstr("invalid syntax"));
  EXPECT_THAT(sink.runs, ElementsAre("a 1"));
}

TEST_F(RunWork, StopsHaveTheStatusOfTheirReason) {
  const TaskHandle cancelled = submit(sleeper(100));
  const TaskHandle timed_out = submit(sleeper(100), {.timeout = 10s});
  const TaskHandle interrupted = submit(sleeper(100));
  settle();
  table.cancel(cancelled->id);
  clock.advance(10s);
  settle();
  table.shut_down();
  settle();
  EXPECT_EQ(cancelled->status(), RunStatus::kCancelled);
  EXPECT_EQ(cancelled->ended()->exit_code, 130);
  EXPECT_EQ(timed_out->status(), RunStatus::kTimeout);
  EXPECT_EQ(timed_out->ended()->exit_code, 124);
  EXPECT_EQ(interrupted->status(), RunStatus::kInterrupted);
  EXPECT_EQ(interrupted->ended()->exit_code, 5);
  for (const TaskHandle& task : {cancelled, timed_out, interrupted}) EXPECT_NE(task->ended()->error, "");
}

TEST_F(RunWork, TheRunsOwnTimeoutIsTheTasksToo) {
  const TaskHandle task =
      table.submit({}, run_work(plan(sleeper(100)), services(), nullptr, {.timeout = 5s}));
  settle();
  clock.advance(5s);
  settle();
  EXPECT_EQ(task->status(), RunStatus::kTimeout);
}

TEST_F(RunWork, WorkElsewhereWakesTheTable) {
  WorkflowBuilder w;
  w.node("a", "test_block");
  const TaskHandle task = table.submit({}, run_work(plan(w), services(), nullptr));
  table.wait(task);
  EXPECT_EQ(task->status(), RunStatus::kCompleted);
}

TEST_F(RunWork, ManyRunsInOneFrameLoop) {
  std::vector<TaskHandle> tasks;
  table.set_queue("default", 50);
  for (int i = 0; i < 50; ++i) tasks.push_back(submit(sleeper(1.0)));
  int frames = 0;
  while (table.count(RunStatus::kCompleted) < tasks.size()) {
    table.step();
    clock.advance(16ms);
    ASSERT_LT(++frames, 1000);
  }
  EXPECT_NEAR(frames, 1000 / 16, 4);
}

TEST_F(RunWork, DestroyingTheTableLetsTheRunEnd) {
  RecordingSink sink([](const Uuid& id) { return id.text(); });
  {
    TaskTable short_lived(clock);
    short_lived.submit({}, run_work(plan(sleeper(100)), services(), &sink));
    short_lived.step();
  }
  EXPECT_EQ(sink.lines.back(), "execution_finished cancelled 130");
}

TEST_F(RunWork, OutcomesOfRunsAreOutcomesOfTasks) {
  auto status_of = [](RunStatus status) { return task_outcome({.status = status}, "").status; };
  EXPECT_EQ(status_of(RunStatus::kCompleted), RunStatus::kCompleted);
  EXPECT_EQ(status_of(RunStatus::kFailed), RunStatus::kFailed);
  EXPECT_EQ(status_of(RunStatus::kCancelled), RunStatus::kCancelled);
  EXPECT_EQ(status_of(RunStatus::kTimeout), RunStatus::kTimeout);
  EXPECT_EQ(status_of(RunStatus::kInterrupted), RunStatus::kInterrupted);
  const TaskOutcome invalid = task_outcome({.status = RunStatus::kInvalid, .exit_code = 3}, "not valid");
  EXPECT_EQ(invalid.status, RunStatus::kFailed);
  EXPECT_EQ(invalid.exit_code, 3);
  EXPECT_EQ(invalid.error, "not valid");
  EXPECT_EQ(invalid.result.as_dict().find("status")->as_text(), "invalid");
}

}  // namespace
}  // namespace vnode::test
