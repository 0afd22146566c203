#include "engine/run_driver.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/run_harness.h"

namespace vnode::test {
namespace {

using namespace std::chrono_literals;

WorkflowBuilder an_hour() {
  WorkflowBuilder w;
  w.node("wait", "delay_timer", {{"delay", 3600.0}});
  return w;
}

/// Lets time pass whenever it is looked at, and is always due.
class PassingTime final : public RunView {
 public:
  explicit PassingTime(FakeClock& clock) : clock_(clock) {}
  void tick() override {
    clock_.advance(60s);
    ++ticks;
  }
  std::optional<SteadyTime> next_tick() const override { return SteadyTime(); }
  int ticks = 0;

 private:
  FakeClock& clock_;
};

TEST(RunDriving, LooksAtTheViewWhileARunWaits) {
  RunHarness run(an_hour());
  EventLoop loop;
  PassingTime view(run.clock());
  RunDriver(run.get(), loop, run.sink()).drive(&view);
  EXPECT_EQ(run.outcome().status, RunStatus::kCompleted);
  EXPECT_GE(view.ticks, 60);
}

TEST(RunDriving, IsWokenByAStopOfAnotherThread) {
  RunHarness run(an_hour());
  EventLoop loop;
  RunDriver driver(run.get(), loop, run.sink());
  std::thread stopper([&] { run.get().stop(StopReason::kCancel); });
  driver.drive();
  stopper.join();
  EXPECT_EQ(run.outcome().status, RunStatus::kCancelled);
}

}  // namespace
}  // namespace vnode::test
