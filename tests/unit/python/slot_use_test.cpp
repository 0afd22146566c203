#include "python/slot_use.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "engine/slots.h"

namespace vnode::test {
namespace {

/// A run that has slots and nothing else.
class SlotLink final : public RunLink {
 public:
  explicit SlotLink(std::size_t count) : slots(count) {}

  const std::string& run_id() const override { return id_; }
  int attempt() const override { return 1; }
  const RunEnvironment& environment() const override { return environment_; }
  const Clock& clock() const override { return clock_; }
  bool is_stopped() const override { return false; }
  std::function<void()> waker() override {
    return [] {};
  }
  Dict* variables(LevelKey) override { return nullptr; }
  void log(InstanceKey, LogLevel, std::string_view, std::string_view) override {}
  void push_late(InstanceKey, std::string, Value, std::function<void()> done) override { done(); }
  void take_slot(std::function<void()> granted) override { slots.take(std::move(granted)); }
  std::vector<std::uint64_t> chain_numbers(const Trampoline&) override { return {}; }
  void give_slot() override { slots.give_back(); }
  void hold(Trampoline&) override {}
  void park(Trampoline&, std::coroutine_handle<>, std::optional<SteadyTime>) override {}
  void wake(Trampoline&) override {}

  Slots slots;

 private:
  std::string id_;
  RunEnvironment environment_;
  SystemClock clock_;
};

struct SlotUseTest : testing::Test {
  SlotLink link{1};
  std::shared_ptr<SlotUse> first = std::make_shared<SlotUse>(link), second = std::make_shared<SlotUse>(link);
  int turns = 0;
  std::function<void()> turn = [this] { ++turns; };
};

TEST_F(SlotUseTest, IsGivenBackWhilePushesAreUnderWay) {
  first->take(turn);
  second->take(turn);
  EXPECT_EQ(turns, 1);
  first->begin_push();
  EXPECT_EQ(turns, 2) << "the second one's";
  first->end_push(turn);
  EXPECT_EQ(turns, 2);
  second->end();
  EXPECT_EQ(turns, 3);
}

TEST_F(SlotUseTest, IsNotHeldAsLongAsOneOfSeveralPushesIsUnderWay) {
  first->take(turn);
  first->begin_push();
  first->begin_push();
  first->end_push(turn);
  EXPECT_EQ(turns, 2) << "the code may go on";
  EXPECT_TRUE(link.slots.try_take()) << "but without a slot";
}

TEST_F(SlotUseTest, TakesNothingOnceItIsOver) {
  first->take(turn);
  second->take(turn);
  second->end();
  first->end();
  EXPECT_EQ(turns, 1);
  EXPECT_TRUE(link.slots.try_take());
}

TEST_F(SlotUseTest, DoesNotKeepASlotForAPushThatHasBegunMeanwhile) {
  first->take(turn);
  first->begin_push();
  second->take(turn);
  first->end_push(turn);  // waits for the second
  first->begin_push();
  second->end();
  EXPECT_EQ(turns, 3);
  EXPECT_TRUE(link.slots.try_take());
}

}  // namespace
}  // namespace vnode::test
