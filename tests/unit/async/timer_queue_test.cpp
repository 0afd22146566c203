#include "async/timer_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vnode {
namespace {

using testing::ElementsAre;

SteadyTime at(int seconds) { return SteadyTime(std::chrono::seconds(seconds)); }

class Timers : public testing::Test {
 protected:
  TimerQueue::Id add(int seconds, const std::string& name) {
    return queue.add(at(seconds), [this, name] { called.push_back(name); });
  }
  TimerQueue queue;
  std::vector<std::string> called;
};

TEST_F(Timers, CallsWhatIsDueInOrder) {
  EXPECT_EQ(queue.next(), std::nullopt);
  add(3, "c");
  add(1, "a");
  add(2, "b1");
  add(2, "b2");
  EXPECT_EQ(queue.next(), at(1));
  queue.run_due(at(0));
  EXPECT_TRUE(called.empty());
  queue.run_due(at(2));
  EXPECT_THAT(called, ElementsAre("a", "b1", "b2"));
  EXPECT_EQ(queue.next(), at(3));
  queue.run_due(at(10));
  EXPECT_THAT(called, ElementsAre("a", "b1", "b2", "c"));
  EXPECT_EQ(queue.next(), std::nullopt);
}

TEST_F(Timers, ACancelledOneIsNotCalled) {
  const TimerQueue::Id first = add(1, "a");
  add(1, "b");
  queue.cancel(first);
  queue.cancel(first);
  queue.cancel(0);
  queue.cancel(12345);
  queue.run_due(at(1));
  EXPECT_THAT(called, ElementsAre("b"));
  queue.cancel(first);
}

TEST_F(Timers, WhatIsAddedMeanwhileWaitsForTheNextCall) {
  queue.add(at(5), [this] {
    called.push_back("first");
    add(1, "added");
  });
  add(6, "second");
  queue.run_due(at(6));
  EXPECT_THAT(called, ElementsAre("first", "second"));
  EXPECT_EQ(queue.next(), at(1));
  queue.run_due(at(6));
  EXPECT_THAT(called, ElementsAre("first", "second", "added"));
}

TEST_F(Timers, AFunctionMayCancelAnother) {
  TimerQueue::Id second = 0;
  queue.add(at(1), [&] { queue.cancel(second); });
  second = add(1, "second");
  add(1, "third");
  queue.run_due(at(1));
  EXPECT_THAT(called, ElementsAre("third"));
}

TEST_F(Timers, AFunctionMayCancelItself) {
  TimerQueue::Id id = 0;
  id = queue.add(at(1), [&] {
    queue.cancel(id);
    called.push_back("self");
  });
  queue.run_due(at(1));
  EXPECT_THAT(called, ElementsAre("self"));
}

}  // namespace
}  // namespace vnode
