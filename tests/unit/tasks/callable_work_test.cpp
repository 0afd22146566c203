// Rule 1: callables as the work of tasks.
#include "tasks/callable_work.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "unit/tasks/table_harness.h"

namespace vnode::test {
namespace {

using namespace std::chrono_literals;

class CallableWork : public testing::Test {
 protected:
  TaskHandle run(WorkFactory work) {
    const TaskHandle task = table.submit({}, std::move(work));
    while (!is_ended(task->status())) {
      if (!table.step()) std::this_thread::yield();
    }
    return task;
  }

  TwoHandedClock clock;
  std::atomic<bool> is_released = false;
  WorkerPool workers{1};
  TaskTable table{clock};
};

TEST_F(CallableWork, GivesItsResult) {
  const TaskHandle task = run(callable([] { return Value("done"); }));
  EXPECT_EQ(task->status(), RunStatus::kCompleted);
  EXPECT_EQ(task->ended()->result.as_text(), "done");
  EXPECT_EQ(task->ended()->error, "");
}

TEST_F(CallableWork, FailsWithItsError) {
  const Error error{ErrorCode::kIo, "the disk is full", {.file = "out.exr"}};
  const TaskHandle task = run(callable([error] { return error; }));
  EXPECT_EQ(task->status(), RunStatus::kFailed);
  EXPECT_EQ(task->ended()->error, "out.exr: the disk is full");
}

TEST_F(CallableWork, FailsWithItsException) {
  const TaskHandle task = run(callable([]() -> Result<Value> { throw std::runtime_error("no"); }));
  EXPECT_EQ(task->status(), RunStatus::kFailed);
  EXPECT_EQ(task->ended()->error, "no");
}

TEST_F(CallableWork, IsNotCalledWhenItWasStoppedBefore) {
  bool was_called = false;
  const WorkFactory make = callable([&was_called] {
    was_called = true;
    return Value();
  });
  const std::unique_ptr<TaskWork> work = make(TaskRecord());
  work->start([] {});
  work->stop(StopReason::kCancel);
  EXPECT_TRUE(work->step(0ns));
  EXPECT_EQ(work->take_outcome().status, RunStatus::kCancelled);
  EXPECT_FALSE(was_called);
}

TEST_F(CallableWork, TenThousandInOneQueueAreOneStep) {
  table.set_queue("line", 1);
  int calls = 0;
  for (int i = 0; i < 10'000; ++i) {
    table.submit({.queue = "line"}, callable([&calls] { return Value(++calls); }));
  }
  table.step(1h);
  EXPECT_EQ(calls, 10'000);
}

TEST_F(CallableWork, RunsOnAWorker) {
  const std::thread::id owner = std::this_thread::get_id();
  const TaskHandle task =
      run(callable_on(workers, [owner] { return Value(std::this_thread::get_id() != owner); }));
  EXPECT_TRUE(task->ended()->result.as_bool());
}

TEST_F(CallableWork, FailsOnAWorker) {
  const TaskHandle failed = run(callable_on(workers, [] { return Error{ErrorCode::kIo, "no"}; }));
  EXPECT_EQ(failed->ended()->error, "no");
  const TaskHandle threw =
      run(callable_on(workers, []() -> Result<Value> { throw std::runtime_error("oops"); }));
  EXPECT_EQ(threw->status(), RunStatus::kFailed);
  EXPECT_EQ(threw->ended()->error, "oops");
}

TEST_F(CallableWork, AStopDoesNotWaitForTheWorker) {
  const TaskHandle task = table.submit({.timeout = 5s}, callable_on(workers, [this] {
                                         is_released.wait(false);
                                         return Value(1);
                                       }));
  table.step();
  clock.advance(5s);
  table.step();
  EXPECT_EQ(task->status(), RunStatus::kTimeout);
  is_released = true;
  is_released.notify_all();
}

TEST_F(CallableWork, TheTableMayGoBeforeTheWorkerIsDone) {
  {
    TaskTable short_lived(clock);
    short_lived.submit({}, callable_on(workers, [this] {
                         is_released.wait(false);
                         return Value(1);
                       }));
    short_lived.step();
  }
  is_released = true;
  is_released.notify_all();
}

TEST_F(CallableWork, EachAttemptCallsAgain) {
  int calls = 0;
  auto flaky = [&calls]() -> Result<Value> {
    if (++calls < 3) return Error{ErrorCode::kIo, "not yet"};
    return Value(calls);
  };
  const TaskHandle task = table.submit({.retries = 5}, callable(flaky));
  while (table.step()) {
  }
  EXPECT_EQ(task->status(), RunStatus::kCompleted);
  EXPECT_EQ(task->attempt, 3);
}

}  // namespace
}  // namespace vnode::test
