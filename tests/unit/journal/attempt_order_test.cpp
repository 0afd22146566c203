// Rule 13 of journals: the order of suspensions over several attempts.
#include "journal/attempt_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/emitter.h"

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AttemptOrderTest : public testing::Test {
 protected:
  /// A step of that execution, from 1, in the attempt that has executed it.
  ResumeOrder::Entry step(std::uint64_t execution, std::uint32_t turns = 0) {
    return order_.add({.place = {nullptr, &node_, 1}, .execution = execution, .turns = turns});
  }
  /// What a node waited for that is no execution's step.
  ResumeOrder::Entry wait(std::uint32_t execution_of_node) {
    return order_.add({.place = {nullptr, &node_, execution_of_node}, .what = SuspendedFor::kNode});
  }
  /// The next step of that execution once more. Returns which one it was.
  ResumeOrder::Entry repeat(std::uint32_t execution, ResumeOrder::Entry next = 0) {
    const ResumeOrder::Entry known = attempts_.repeat(execution, step(execution));
    attempts_.set_next(execution, next);
    return known;
  }
  void begin_attempt() { attempts_.begin_attempt(order_); }

  const Uuid node_ = Uuid::random();
  ResumeOrder order_;
  AttemptOrder attempts_;
};

TEST_F(AttemptOrderTest, NothingChangesInASingleAttempt) {
  begin_attempt();
  step(1);
  step(2);
  EXPECT_THAT(attempts_.settle(order_), IsEmpty());
  EXPECT_EQ(order_.size(), 2u);
}

TEST_F(AttemptOrderTest, TheLastAttemptCountsAsFarAsItCame) {
  begin_attempt();
  const auto a = step(1), b = step(2), c = step(3);
  begin_attempt();
  attempts_.take(1, a);
  attempts_.take(2, b);
  EXPECT_EQ(repeat(2), b);
  const auto real = step(4);  // one that was executed for real in between
  EXPECT_EQ(repeat(1), a);
  const auto numbers = attempts_.settle(order_);
  EXPECT_EQ(order_.size(), 4u);
  EXPECT_THAT((std::vector{numbers[b - 1], numbers[real - 1], numbers[a - 1], numbers[c - 1]}),
              ElementsAre(1, 2, 3, 4));
}

TEST_F(AttemptOrderTest, StepsOfOneExecutionComeInTheirOrder) {
  begin_attempt();
  const auto a = step(1), b = step(2), more = step(1);
  begin_attempt();
  attempts_.take(1, a);
  EXPECT_EQ(repeat(1, more), a);
  EXPECT_EQ(repeat(1), more);
  EXPECT_EQ(repeat(1), 0u);  // one that nobody knows of is left out
  const auto numbers = attempts_.settle(order_);
  EXPECT_EQ(order_.size(), 3u);
  EXPECT_THAT((std::vector{numbers[a - 1], numbers[more - 1], numbers[b - 1]}), ElementsAre(1, 2, 3));
}

TEST_F(AttemptOrderTest, AThirdAttemptGoesByTheSecond) {
  begin_attempt();
  const auto a = step(1), b = step(2);
  begin_attempt();
  attempts_.take(1, a);
  attempts_.take(2, b);
  repeat(2);
  repeat(1);
  begin_attempt();
  attempts_.take(1, a);
  attempts_.take(2, b);
  repeat(2);
  const auto numbers = attempts_.settle(order_);
  EXPECT_EQ(order_.size(), 2u);
  EXPECT_THAT((std::vector{numbers[b - 1], numbers[a - 1]}), ElementsAre(1, 2));
}

TEST_F(AttemptOrderTest, WaitsForOthersComeOnceMoreToo) {
  begin_attempt();
  const auto first = wait(1), second = wait(1), other = wait(2);
  begin_attempt();
  const auto again = wait(1);
  const auto numbers = attempts_.settle(order_);
  EXPECT_EQ(order_.size(), 3u);
  EXPECT_THAT((std::vector{numbers[again - 1], numbers[first - 1], numbers[second - 1], numbers[other - 1]}),
              ElementsAre(1, 0, 2, 3));
}

}  // namespace
}  // namespace vnode
