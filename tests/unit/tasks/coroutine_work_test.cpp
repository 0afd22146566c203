// Rule 1: coroutines as the work of tasks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "tasks/callable_work.h"
#include "unit/tasks/table_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

using Body = std::function<Task<Result<Value>>(TaskContext&)>;

class CoroutineWork : public testing::Test {
 protected:
  TaskHandle submit(Body body, TaskRequest request = {}) {
    return table.submit(std::move(request), coroutine(clock, std::move(body)));
  }
  void settle() {
    while (table.step()) {
    }
  }
  void step_until_ended(const TaskHandle& task) {
    while (!is_ended(task->status())) {
      if (!table.step()) std::this_thread::yield();
    }
  }

  TwoHandedClock clock;
  std::vector<std::string> notes;
  std::atomic<bool> is_released = false;
  WorkerPool workers{1};
  TaskTable table{clock, {.default_concurrency = 4}};
};

TEST_F(CoroutineWork, GivesItsResult) {
  const TaskHandle task =
      submit([](TaskContext& context) -> Task<Result<Value>> { co_return Value(context.task().id); });
  settle();
  EXPECT_EQ(task->status(), RunStatus::kCompleted);
  EXPECT_EQ(task->ended()->result.as_text(), "1");
}

TEST_F(CoroutineWork, SleepsByTheClock) {
  const TaskHandle task = submit([](TaskContext& context) -> Task<Result<Value>> {
    co_await context.sleep(10s);
    co_await context.sleep(5s);
    co_return Value(1);
  });
  settle();
  EXPECT_EQ(table.next_deadline(), clock.steady_now() + 10s);
  clock.advance(9s);
  settle();
  clock.advance(1s);
  settle();
  EXPECT_EQ(table.next_deadline(), clock.steady_now() + 5s);
  EXPECT_EQ(task->status(), RunStatus::kRunning);
  clock.advance(5s);
  settle();
  EXPECT_EQ(task->status(), RunStatus::kCompleted);
  EXPECT_EQ(task->ended()->duration, 15s);
}

TEST_F(CoroutineWork, YieldingLetsTheHostHaveItsFrame) {
  const TaskHandle task = submit([](TaskContext& context) -> Task<Result<Value>> {
    for (int i = 0; i < 3; ++i) co_await context.yield();
    co_return Value();
  });
  int frames = 1;
  while (table.step(1h)) ++frames;
  EXPECT_EQ(frames, 4);
  EXPECT_EQ(task->status(), RunStatus::kCompleted);
}

TEST_F(CoroutineWork, RunsAJobOnAWorker) {
  const std::thread::id owner = std::this_thread::get_id();
  const TaskHandle task = submit([this, owner](TaskContext& context) -> Task<Result<Value>> {
    std::function<Result<Value>()> job = [owner] { return Value(std::this_thread::get_id() != owner); };
    Task<Value> call = context.on_worker(workers, job);
    const Value was_elsewhere = co_await call;
    if (std::this_thread::get_id() != owner) co_return Error{ErrorCode::kInternal, "the wrong thread"};
    co_return was_elsewhere;
  });
  step_until_ended(task);
  EXPECT_EQ(task->status(), RunStatus::kCompleted);
  EXPECT_TRUE(task->ended()->result.as_bool());
}

TEST_F(CoroutineWork, AFailedJobIsAnExceptionHere) {
  const TaskHandle task = submit([this](TaskContext& context) -> Task<Result<Value>> {
    std::function<Result<Value>()> fails = [] { return Error{ErrorCode::kIo, "no disk"}; };
    std::function<Result<Value>()> throws = []() -> Result<Value> { throw std::logic_error("oops"); };
    try {
      Task<Value> call = context.on_worker(workers, fails);
      co_await call;
    } catch (const std::runtime_error& error) {
      notes.push_back(error.what());
    }
    Task<Value> call = context.on_worker(workers, throws);
    co_return co_await call;
  });
  step_until_ended(task);
  EXPECT_THAT(notes, ElementsAre("no disk"));
  EXPECT_EQ(task->status(), RunStatus::kFailed);
  EXPECT_EQ(task->ended()->error, "oops");
}

TEST_F(CoroutineWork, FailsWithAnErrorOrAnException) {
  const TaskHandle error = submit([](TaskContext&) -> Task<Result<Value>> {
    co_return Error{ErrorCode::kNotFound, "no such asset"};
  });
  const TaskHandle exception = submit([](TaskContext& context) -> Task<Result<Value>> {
    co_await context.yield();
    throw std::runtime_error("it broke");
  });
  const TaskHandle none = submit([](TaskContext&) { return Task<Result<Value>>(); });
  const TaskHandle early =
      submit([](TaskContext&) -> Task<Result<Value>> { throw std::runtime_error("early"); });
  settle();
  EXPECT_EQ(error->ended()->error, "no such asset");
  EXPECT_EQ(exception->status(), RunStatus::kFailed);
  EXPECT_EQ(exception->ended()->error, "it broke");
  EXPECT_EQ(none->ended()->error, "there is no coroutine");
  EXPECT_EQ(early->ended()->error, "early");
}

TEST_F(CoroutineWork, AStopComesOutOfWhatItAwaits) {
  const TaskHandle task = submit([this](TaskContext& context) -> Task<Result<Value>> {
    try {
      co_await context.sleep(1h);
    } catch (const TaskStopped&) {
      notes.push_back(context.is_stopping() ? "stopping" : "not stopping");
      throw;
    }
    co_return Value();
  });
  settle();
  table.cancel(task->id);
  settle();
  EXPECT_EQ(task->status(), RunStatus::kCancelled);
  EXPECT_THAT(notes, ElementsAre("stopping"));
}

TEST_F(CoroutineWork, ATimeoutComesOutOfWhatItAwaits) {
  const TaskHandle task = submit(
      [](TaskContext& context) -> Task<Result<Value>> {
        co_await context.sleep(1h);
        co_return Value();
      },
      {.timeout = 10s});
  settle();
  clock.advance(10s);
  settle();
  EXPECT_EQ(task->status(), RunStatus::kTimeout);
}

TEST_F(CoroutineWork, OneThatCatchesAStopMayStillComplete) {
  const TaskHandle task = submit([this](TaskContext& context) -> Task<Result<Value>> {
    for (int i = 0; i < 3; ++i) {
      try {
        co_await context.yield();
      } catch (const TaskStopped&) {
        notes.push_back("stopped");  // each time again
      }
    }
    co_return Value("saved");
  });
  table.step();
  table.cancel(task->id);
  settle();
  EXPECT_EQ(task->status(), RunStatus::kCompleted);
  EXPECT_EQ(notes.size(), 3u);
}

TEST_F(CoroutineWork, AStopDoesNotWaitForTheWorker) {
  const TaskHandle task = submit([this](TaskContext& context) -> Task<Result<Value>> {
    std::function<Result<Value>()> job = [this] {
      is_released.wait(false);
      return Value();
    };
    Task<Value> call = context.on_worker(workers, job);
    co_return co_await call;
  });
  settle();
  table.cancel(task->id);
  settle();
  EXPECT_EQ(task->status(), RunStatus::kCancelled);
  is_released = true;
  is_released.notify_all();
}

TEST_F(CoroutineWork, OneThatWasStoppedBeforeItBeganDoesNotBegin) {
  const TaskRecord task;
  const WorkFactory make = coroutine(clock, [this](TaskContext&) -> Task<Result<Value>> {
    notes.push_back("began");
    co_return Value();
  });
  const std::unique_ptr<TaskWork> work = make(task);
  work->start([] {});
  work->stop(StopReason::kCancel);
  EXPECT_TRUE(work->has_ready());
  EXPECT_TRUE(work->step(0ns));
  EXPECT_EQ(work->take_outcome().status, RunStatus::kCancelled);
  EXPECT_TRUE(notes.empty());
}

Task<int> count_down(TaskContext& context, int depth) {
  if (depth == 0) {
    co_await context.sleep(1h);
    co_return 0;
  }
  co_return 1 + co_await count_down(context, depth - 1);
}

TEST_F(CoroutineWork, DestroyingTheTableUnwindsDeepChains) {
  struct Note {
    std::vector<std::string>& notes;
    ~Note() { notes.push_back("unwound"); }
  };
  {
    TaskTable short_lived(clock);
    Body body = [this](TaskContext& context) -> Task<Result<Value>> {
      const Note note{notes};
      Task<int> deep = count_down(context, 100'000);
      co_return co_await deep;
    };
    short_lived.submit({}, coroutine(clock, body));
    short_lived.step();
    EXPECT_TRUE(notes.empty());
  }
  EXPECT_THAT(notes, ElementsAre("unwound"));
}

TEST_F(CoroutineWork, TheFunctionLivesAsLongAsItsCoroutine) {
  auto held = std::make_shared<int>(42);
  std::weak_ptr<int> watch = held;
  const TaskHandle task = submit([held = std::move(held)](TaskContext& context) -> Task<Result<Value>> {
    co_await context.sleep(10s);
    co_return Value(*held);
  });
  settle();
  clock.advance(10s);
  settle();
  EXPECT_EQ(task->ended()->result.as_int(), 42);
  EXPECT_TRUE(watch.expired());
}

TEST_F(CoroutineWork, MayUseTheTable) {
  const TaskHandle task = submit([this](TaskContext& context) -> Task<Result<Value>> {
    const TaskHandle child = table.submit({}, callable([] { return Value(20); }));
    while (!is_ended(child->status())) co_await context.yield();
    co_return child->ended()->result;
  });
  settle();
  EXPECT_EQ(task->ended()->result.as_int(), 20);
}

}  // namespace
}  // namespace vnode::test
