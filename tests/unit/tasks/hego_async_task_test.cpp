// The examples of the seed "Async Task Pattern": tasks that are awaited by a helper, or run in order without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tasks/callable_work.h"
#include "unit/tasks/table_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

/// The seed's worker: one thing after the other. Its calls take three frames each.
class AssetNode {
 public:
  explicit AssetNode(TableHarness& host) : host_(host) { host_.table.set_queue("worker", 1); }

  TaskHandle set_parm(const std::string& name, int value) {
    return call("set_parm " + name, [this, name, value]() -> Result<Value> {
      parms_[name] = value;
      return Value();
    });
  }
  TaskHandle cook() {
    return call("cook", [this]() -> Result<Value> {
      if (parms_["width"] < 0) return Error{ErrorCode::kInvalidValue, "the width is negative"};
      return Value(parms_["width"] * parms_["depth"]);
    });
  }

  std::vector<std::string> calls;

 private:
  TaskHandle call(const std::string& name, std::function<Result<Value>()> act) {
    return host_.table.submit(
        {.description = name, .queue = "worker"},
        coroutine(host_.clock, [this, name, act](TaskContext& context) -> Task<Result<Value>> {
          calls.push_back("begin " + name);
          for (int i = 0; i < 2; ++i) co_await context.yield();
          calls.push_back("end " + name);
          co_return act();
        }));
  }

  TableHarness& host_;
  std::map<std::string, int> parms_;
};

class HegoAsyncTask : public testing::Test {
 protected:
  /// The seed's helper: polls the status once a frame.
  Value await_task(const TaskHandle& task) {
    while (!is_ended(task->status())) {
      host.table.step();
      ++frames;
      host.clock.advance(16ms);
    }
    if (task->status() == RunStatus::kFailed) {
      pushed_error = "Task failed: " + task->ended()->error;
      return Value();
    }
    return task->ended()->result;
  }

  TableHarness host;
  AssetNode asset{host};
  int frames = 0;
  std::string pushed_error;
};

TEST_F(HegoAsyncTask, AwaitedOneAfterTheOther) {
  await_task(asset.set_parm("width", 10));
  await_task(asset.set_parm("depth", 20));
  EXPECT_EQ(await_task(asset.cook()).as_int(), 200);
  EXPECT_GE(frames, 9);
}

TEST_F(HegoAsyncTask, ThreeCallsRunInOrderAndOnlyTheLastIsAwaited) {
  const TaskHandle t1 = asset.set_parm("width", 10);
  const TaskHandle t2 = asset.set_parm("depth", 20);
  const TaskHandle t3 = asset.cook();
  EXPECT_EQ(t1->status(), RunStatus::kPending);
  EXPECT_EQ(await_task(t3).as_int(), 200);
  EXPECT_EQ(t1->status(), RunStatus::kCompleted);
  EXPECT_EQ(t2->status(), RunStatus::kCompleted);
  EXPECT_THAT(asset.calls, ElementsAre("begin set_parm width", "end set_parm width", "begin set_parm depth",
                                       "end set_parm depth", "begin cook", "end cook"));
}

TEST_F(HegoAsyncTask, AFailureGivesTheErrorMessage) {
  asset.set_parm("width", -1);
  EXPECT_TRUE(await_task(asset.cook()).is_none());
  EXPECT_EQ(pushed_error, "Task failed: the width is negative");
}

TEST_F(HegoAsyncTask, TheQueueAndTheHistoryCanBeLookedAt) {
  asset.set_parm("width", 10);
  asset.set_parm("depth", 20);
  asset.cook();
  auto table = [this] {
    std::vector<std::string> rows;
    for (const TaskHandle& task : host.table.all()) {
      rows.push_back(task->description + ": " + std::string(word(task->status())));
    }
    return rows;
  };
  host.table.step();
  EXPECT_THAT(table(), ElementsAre("set_parm width: running", "set_parm depth: pending", "cook: pending"));
  EXPECT_EQ(host.table.why_waiting("3")->text, "queue 'worker': 1 of 1 running, 1 ahead");
  host.table.step();
  host.table.step();
  host.table.step();
  EXPECT_THAT(table(), ElementsAre("set_parm width: completed", "set_parm depth: running", "cook: pending"));
}

}  // namespace
}  // namespace vnode::test
