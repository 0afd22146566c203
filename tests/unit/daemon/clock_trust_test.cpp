#include "daemon/clock_trust.h"

#include <gtest/gtest.h>

namespace vnode::test {
namespace {

using namespace std::chrono_literals;

class HandClock final : public Clock {
 public:
  SteadyTime steady_now() const override { return SteadyTime(steady); }
  WallTime wall_now() const override {
    return WallTime(std::chrono::duration_cast<WallTime::duration>(wall));
  }
  void pass(Duration time) {
    steady += time;
    wall += time;
  }
  Duration steady = 5h;
  Duration wall = 24h * 20'000;
};

class ClockTrusts : public testing::Test {
 protected:
  bool is_trusted() { return trust.is_trusted(clock); }
  HandClock clock;
  ClockTrust trust;
};

TEST_F(ClockTrusts, LastAsLongAsTimePasses) {
  trust.begin(clock.wall_now() - 23h, clock);
  for (int day = 0; day < 100; ++day) {
    EXPECT_TRUE(is_trusted());
    clock.pass(40h);
  }
}

TEST_F(ClockTrusts, WaitAnHourAfterAJumpSinceTheDaemonBefore) {
  trust.begin(clock.wall_now() - 25h, clock);
  EXPECT_FALSE(is_trusted());
  clock.pass(59min);
  EXPECT_FALSE(is_trusted());
  clock.pass(2min);
  EXPECT_TRUE(is_trusted()) << "the machine was off";
  clock.pass(1h);
  EXPECT_TRUE(is_trusted());
}

TEST_F(ClockTrusts, WaitAnHourAfterAJump) {
  trust.begin(clock.wall_now(), clock);
  EXPECT_TRUE(is_trusted());
  clock.wall += 24h * 365;
  EXPECT_FALSE(is_trusted());
  clock.pass(61min);
  EXPECT_TRUE(is_trusted());
}

TEST_F(ClockTrusts, AreBackWithTheClock) {
  trust.begin(clock.wall_now(), clock);
  clock.wall += 24h * 365;
  EXPECT_FALSE(is_trusted());
  clock.pass(10min);
  clock.wall -= 24h * 365;
  EXPECT_TRUE(is_trusted());
}

TEST_F(ClockTrusts, TakeNoJumpBackIll) {
  trust.begin(clock.wall_now() + 24h * 365, clock);
  EXPECT_TRUE(is_trusted());
  clock.wall -= 24h * 365;
  EXPECT_TRUE(is_trusted());
}

TEST_F(ClockTrusts, NeedNoDaemonBefore) {
  EXPECT_TRUE(is_trusted());
  clock.wall += 48h;
  EXPECT_FALSE(is_trusted());
}

}  // namespace
}  // namespace vnode::test
