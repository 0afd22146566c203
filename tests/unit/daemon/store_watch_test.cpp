#include "daemon/store_watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <mutex>

#include "support/run_harness.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

class StoreWatches : public testing::Test {
 protected:
  StoreWatches() {
    std::filesystem::create_directory(path);
    auto opened = RunStore::open(path);
    EXPECT_TRUE(opened.ok());
    store = std::make_unique<StoreThread>(std::move(*opened), [this](std::function<void()> job) {
      const std::lock_guard lock(mutex_);
      posted_.push_back(std::move(job));
    });
    begin({});
  }
  void begin(std::function<std::unique_ptr<PathWatch>(std::function<void()>)> watch_folder) {
    watch = std::make_unique<StoreWatch>(
        StoreWatch::Parts{.store = *store,
                          .timers = timers,
                          .clock = clock,
                          .on_checked = [this](const Result<void>& result) { checks.push_back(result.ok()); },
                          .is_idle = [this] { return is_idle; },
                          .on_lost = [this] { ++lost; },
                          .watch_folder = std::move(watch_folder)});
    watch->look();
    carry_out();
  }
  /// One that the system tells what happens to its folder.
  void begin_with_folder_watch() {
    timers = {};
    begin([this](std::function<void()> changed) { return PathWatch::make(loop, path, std::move(changed)); });
    checks.clear();
  }
  void carry_out() {
    store->drain();
    std::deque<std::function<void()>> jobs;
    {
      const std::lock_guard lock(mutex_);
      jobs.swap(posted_);
    }
    for (const auto& job : jobs) job();
  }
  void pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      clock.advance(std::chrono::seconds(1));
      timers.run_due(clock.steady_now());
      carry_out();
    }
  }

  ScratchFolder folder;
  std::string path = folder.file("state");
  FakeClock clock;
  TimerQueue timers;
  EventLoop loop;
  std::unique_ptr<StoreThread> store;
  std::unique_ptr<StoreWatch> watch;
  std::vector<bool> checks;
  bool is_idle = true;
  int lost = 0;

 private:
  std::mutex mutex_;
  std::deque<std::function<void()>> posted_;
};

TEST_F(StoreWatches, LookAgainAndAgain) {
  pass(10);
  EXPECT_GE(checks.size(), 5U);
  EXPECT_EQ(std::count(checks.begin(), checks.end(), false), 0);
  EXPECT_EQ(lost, 0);
}

TEST_F(StoreWatches, LookWhenSomethingHappensAndElseRarely) {
  begin_with_folder_watch();
  pass(10 * 60);
  EXPECT_GE(checks.size(), 4U);
  EXPECT_LE(checks.size(), 6U) << "every two minutes";
  checks.clear();
  std::filesystem::rename(path, folder.file("away"));
  while (checks.empty()) {
    loop.wait_until(std::nullopt);
    carry_out();
  }
  EXPECT_FALSE(checks.back());
  pass(4);
  EXPECT_GE(checks.size(), 3U) << "it may be put back";
  std::filesystem::rename(folder.file("away"), path);
  pass(10);
  EXPECT_TRUE(checks.back());
  checks.clear();
  pass(119);
  EXPECT_LE(checks.size(), 1U);
}

TEST_F(StoreWatches, LookOftenWhileSomethingIsWrong) {
  begin_with_folder_watch();
  watch->look_often();
  pass(2);
  EXPECT_EQ(checks.size(), 1U) << "and all is well";
  pass(10);
  EXPECT_LE(checks.size(), 2U);
}

TEST_F(StoreWatches, EndWhatHasNothingLeftToWaitFor) {
  std::filesystem::remove_all(path);
  pass(2);
  EXPECT_FALSE(checks.back());
  EXPECT_EQ(lost, 0) << "it may be put back";
  is_idle = false;
  pass(20);
  EXPECT_EQ(lost, 0);
  is_idle = true;
  pass(10);
  EXPECT_EQ(lost, 1);
}

TEST_F(StoreWatches, CountAnewOnceItWasPutBack) {
  for (int i = 0; i < 3; ++i) {
    std::filesystem::rename(path, folder.file("away"));
    pass(4);
    EXPECT_FALSE(checks.back());
    std::filesystem::rename(folder.file("away"), path);
    pass(4);
    EXPECT_TRUE(checks.back());
  }
  EXPECT_EQ(lost, 0);
}

}  // namespace
}  // namespace vnode::test
