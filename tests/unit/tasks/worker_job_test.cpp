#include "tasks/worker_job.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace vnode {
namespace {

/// Something that another thread says once.
class Flag {
 public:
  void set() {
    is_set_ = true;
    is_set_.notify_all();
  }
  void wait() { is_set_.wait(false); }

 private:
  std::atomic<bool> is_set_ = false;
};

TEST(WorkerJob, BringsTheResultBack) {
  WorkerPool workers(1);
  Flag woken;
  WorkerJob job(
      workers, [] { return Value(3); }, [&woken] { woken.set(); });
  woken.wait();
  ASSERT_TRUE(job.is_done());
  EXPECT_EQ(job.take_result()->as_int(), 3);
}

TEST(WorkerJob, BringsAnExceptionBack) {
  WorkerPool workers(1);
  Flag woken;
  WorkerJob job(
      workers, []() -> Result<Value> { throw std::runtime_error("no"); }, [&woken] { woken.set(); });
  woken.wait();
  EXPECT_THROW((void)job.take_result(), std::runtime_error);
}

TEST(WorkerJob, ReleasesTheFunctionBeforeItReports) {
  WorkerPool workers(1);
  Flag woken;
  auto held = std::make_shared<int>(1);
  WorkerJob job(
      workers, [held] { return Value(*held); }, [&woken] { woken.set(); });
  woken.wait();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(WorkerJob, IsNotCalledWhenNobodyWantsItAnyMore) {
  Flag begin, end;
  std::atomic<bool> was_called = false;
  WorkerPool workers(1);
  workers.submit([&begin] { begin.wait(); });
  {
    WorkerJob job(
        workers,
        [&was_called] {
          was_called = true;
          return Value();
        },
        [&end] { end.set(); });
  }
  begin.set();
  end.wait();
  EXPECT_FALSE(was_called);
}

TEST(WorkerJob, IsNotWaitedForWhenItGoes) {
  Flag begin, end;
  WorkerPool workers(1);
  {
    WorkerJob job(
        workers,
        [&begin] {
          begin.wait();
          return Value();
        },
        [&end] { end.set(); });
  }
  begin.set();
  end.wait();
}

}  // namespace
}  // namespace vnode
