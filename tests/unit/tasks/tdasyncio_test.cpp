// The seed "TDAsyncIO": tracked tasks in a host that steps once a frame.
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
using testing::IsEmpty;
using namespace std::chrono_literals;

class TdAsyncIo : public testing::Test {
 protected:
  /// One frame of the host: everything else that it does, and one step.
  void frame() {
    ++frames;
    table.step();
    clock.advance(16ms);
  }
  void run_frames(int count) {
    for (int i = 0; i < count; ++i) frame();
  }
  void run_until_ended(const TaskHandle& task) {
    while (!is_ended(task->status())) {
      frame();
      ASSERT_LT(frames, 100'000);
    }
  }
  TaskHandle sleeper(Duration time, TaskRequest request = {}) {
    return table.submit(std::move(request),
                        coroutine(clock, [time](TaskContext& context) -> Task<Result<Value>> {
                          co_await context.sleep(time);
                          co_return Value("awake");
                        }));
  }

  TwoHandedClock clock;
  int frames = 0;
  std::atomic<bool> is_released = false;
  WorkerPool workers{1};
  TaskTable table{clock, {.clear_after = 60s, .default_concurrency = 8}};
};

TEST_F(TdAsyncIo, FramesGoOnWhileATaskSleeps) {
  const TaskHandle task = sleeper(1s);
  run_until_ended(task);
  EXPECT_NEAR(frames, 1000 / 16, 4);
  EXPECT_EQ(task->status(), RunStatus::kCompleted);
}

TEST_F(TdAsyncIo, FramesGoOnWhileATaskTimesOut) {
  const TaskHandle task = sleeper(1h, {.timeout = 500ms});
  run_until_ended(task);
  EXPECT_NEAR(frames, 500 / 16, 4);
  EXPECT_EQ(task->status(), RunStatus::kTimeout);
}

TEST_F(TdAsyncIo, FramesGoOnWhileATaskFails) {
  const TaskHandle task = table.submit({}, coroutine(clock, [](TaskContext& context) -> Task<Result<Value>> {
                                         co_await context.sleep(320ms);
                                         throw std::runtime_error("no connection");
                                       }));
  run_until_ended(task);
  EXPECT_NEAR(frames, 320 / 16, 4);
  EXPECT_EQ(task->status(), RunStatus::kFailed);
  EXPECT_EQ(task->ended()->error, "no connection");
}

TEST_F(TdAsyncIo, FramesGoOnWhileATaskIsCancelled) {
  const TaskHandle task = sleeper(1h);
  run_frames(10);
  EXPECT_EQ(task->status(), RunStatus::kRunning);
  table.cancel(task->id);
  run_until_ended(task);
  EXPECT_EQ(task->status(), RunStatus::kCancelled);
  EXPECT_LE(frames, 12);
}

TEST_F(TdAsyncIo, FramesGoOnWhileAWorkerThreadBlocks) {
  std::thread::id callback_thread;
  const TaskHandle task = table.submit(
      {.on_ended = [&callback_thread](const TaskHandle&) { callback_thread = std::this_thread::get_id(); }},
      coroutine(clock, [this](TaskContext& context) -> Task<Result<Value>> {
        std::function<Result<Value>()> request = [this] {
          is_released.wait(false);
          return Value("reply");
        };
        Task<Value> reply = context.on_worker(workers, request);
        co_return co_await reply;
      }));
  run_frames(100);
  EXPECT_EQ(task->status(), RunStatus::kRunning);
  is_released = true;
  is_released.notify_all();
  while (!is_ended(task->status())) {
    frame();
    std::this_thread::yield();
  }
  EXPECT_EQ(task->ended()->result.as_text(), "reply");
  EXPECT_EQ(callback_thread, std::this_thread::get_id());
}

TEST_F(TdAsyncIo, ManyCoroutinesAdvanceTogether) {
  std::vector<TaskHandle> tasks;
  for (int i = 0; i < 8; ++i) tasks.push_back(sleeper(1s));
  for (const TaskHandle& task : tasks) run_until_ended(task);
  EXPECT_NEAR(frames, 1000 / 16, 4);
}

TEST_F(TdAsyncIo, TheTaskTable) {
  const Dict info{{"operator", "agent1"}};
  const TaskHandle task = sleeper(1s, {.description = "ask the agent", .info = info});
  const WallTime created = clock.wall_now();
  run_frames(10);
  EXPECT_EQ(task->id, "1");
  EXPECT_EQ(word(task->status()), "running");
  EXPECT_EQ(task->description, "ask the agent");
  EXPECT_EQ(task->created_at, created);
  EXPECT_EQ(task->ended(), nullptr);  // completed_at is blank while it is active
  EXPECT_EQ(task->info.as_dict().find("operator")->as_text(), "agent1");
  const Duration so_far = table.duration_of(*task);
  frame();
  EXPECT_EQ(table.duration_of(*task), so_far + 16ms);
  run_until_ended(task);
  const Duration final_value = table.duration_of(*task);
  run_frames(10);
  EXPECT_EQ(table.duration_of(*task), final_value);
  EXPECT_EQ(task->ended()->completed_at,
            created + std::chrono::duration_cast<WallTime::duration>(final_value));
}

TEST_F(TdAsyncIo, ACallbackComesWithTheFinishedTask) {
  std::vector<std::string> calls;
  sleeper(100ms, {.on_ended = [&](const TaskHandle& task) {
            calls.push_back(std::string(word(task->status())) + " " +
                            std::string(task->ended()->result.as_text()));
          }});
  run_frames(3);
  EXPECT_THAT(calls, IsEmpty());
  run_frames(10);
  EXPECT_THAT(calls, ElementsAre("completed awake"));
}

TEST_F(TdAsyncIo, FinishedTasksAreRemovedAfterAnAge) {
  const TaskHandle task = sleeper(1s);
  const TaskHandle active = sleeper(24h);
  run_until_ended(task);
  run_frames(10);
  EXPECT_NE(table.find(task->id), nullptr);
  clock.advance(60s);
  frame();
  EXPECT_EQ(table.find(task->id), nullptr);
  EXPECT_NE(table.find(active->id), nullptr);
}

TEST_F(TdAsyncIo, CancelActiveTasksAndClearFinishedTasks) {
  for (int i = 0; i < 3; ++i) sleeper(1h);
  frame();
  EXPECT_EQ(table.cancel_all(), 3u);
  run_frames(2);
  EXPECT_EQ(table.count(RunStatus::kCancelled), 3u);
  EXPECT_EQ(table.clear_ended(), 3u);
  EXPECT_THAT(table.all(), IsEmpty());
}

}  // namespace
}  // namespace vnode::test
