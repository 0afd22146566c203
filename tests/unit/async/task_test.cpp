#include "async/task.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace vnode {
namespace {

template <class T>
T run(Task<T> task) {
  Trampoline trampoline;
  task.start_on(trampoline);
  trampoline.run();
  EXPECT_TRUE(task.done());
  return task.take_result();
}

Task<int> give(int value) { co_return value; }

Task<int> add(int a, int b) { co_return co_await give(a) + co_await give(b); }

Task<int> nest(int depth) {
  if (depth == 0) co_return 0;
  co_return 1 + co_await nest(depth - 1);
}

Task<int> throwing() {
  throw std::runtime_error("no");
  co_return 0;
}

Task<std::string> catching() {
  try {
    co_await throwing();
  } catch (const std::runtime_error& error) {
    co_return error.what();
  }
  co_return "nothing";
}

TEST(Task, ReturnsItsResult) { EXPECT_EQ(run(add(1, 2)), 3); }

TEST(Task, DoesNotStartBeforeItIsAwaited) {
  bool started = false;
  auto task = [](bool& flag) -> Task<int> {
    flag = true;
    co_return 1;
  }(started);
  EXPECT_FALSE(started);
  EXPECT_EQ(run(std::move(task)), 1);
  EXPECT_TRUE(started);
}

TEST(Task, DepthCostsNoStack) { EXPECT_EQ(run(nest(1'000'000)), 1'000'000); }

TEST(Task, ALoopOfAwaitsCostsNoStack) {
  auto loop = []() -> Task<int> {
    int sum = 0;
    for (int i = 0; i < 1'000'000; ++i) sum += co_await give(1);
    co_return sum;
  };
  EXPECT_EQ(run(loop()), 1'000'000);
}

TEST(Task, AnExceptionComesOutOfTheAwait) { EXPECT_EQ(run(catching()), "no"); }

TEST(Task, AnEmptyTaskIsWorkThatIsDone) {
  auto awaits_nothing = []() -> Task<int> {
    co_await Task<void>();
    co_return 5;
  };
  EXPECT_EQ(run(awaits_nothing()), 5);
}

TEST(Task, IsDestroyedWithoutHavingRun) { Task<int> task = give(1); }

}  // namespace
}  // namespace vnode
