#include "store/store_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "sample_runs.h"

namespace vnode::test {
namespace {

/// The owner's side: keeps what is posted until the test runs it.
class Inbox {
 public:
  StoreThread::Post post() {
    return [this](std::function<void()> function) {
      std::lock_guard lock(mutex_);
      functions_.push_back(std::move(function));
    };
  }
  std::size_t run() {
    std::vector<std::function<void()>> functions;
    {
      std::lock_guard lock(mutex_);
      functions.swap(functions_);
    }
    for (const auto& function : functions) function();
    return functions.size();
  }

 private:
  std::mutex mutex_;
  std::vector<std::function<void()>> functions_;
};

/// Holds the store's thread up until it is opened.
class Gate {
 public:
  void hold(StoreThread& thread) {
    thread.read<int>(
        [this](RunStore&) {
          std::unique_lock lock(mutex_);
          changed_.wait(lock, [this] { return is_open_; });
          return Result<int>(0);
        },
        [](Result<int>) {});
  }
  void open() {
    {
      std::lock_guard lock(mutex_);
      is_open_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
};

/// Commits in the write-ahead log: frames that say how large the database is behind them. The log must not
/// have begun anew in the meantime.
std::size_t commits_in_log(const std::string& log) {
  constexpr std::size_t kLogHeader = 32;
  constexpr std::size_t kFrame = 24 + 4096;
  std::size_t commits = 0;
  for (std::size_t at = kLogHeader; at + kFrame <= log.size(); at += kFrame) {
    if (log.substr(at + 4, 4) != std::string(4, '\0')) ++commits;
  }
  return commits;
}

void write_run(StoreThread& thread, std::int64_t number, std::function<void(Result<void>)> done) {
  thread.write(
      [number](RunStore& store) { return store.insert(sample_row(number), sample_submission(number)); },
      std::move(done));
}

TEST(StoreThread, WritesAreDurableBeforeTheyAreReported) {
  const ScratchFolder folder;
  Inbox inbox;
  int reported = 0;
  StoreThread thread(must_open(folder.path()), inbox.post());
  write_run(thread, 1, [&](Result<void> result) {
    EXPECT_TRUE(result);
    ++reported;
  });
  thread.drain();
  EXPECT_EQ(reported, 0) << "only on the owner's thread";
  inbox.run();
  EXPECT_EQ(reported, 1);
  const ScratchFolder killed;
  copy_files(folder.path(), killed.path());
  EXPECT_EQ(must(must_open(killed.path())->last()).number, 1);
}

TEST(StoreThread, WhatArrivesDuringACommitSharesTheNext) {
  const ScratchFolder folder;
  Inbox inbox;
  Gate gate;
  StoreThread thread(must_open(folder.path()), inbox.post());
  gate.hold(thread);
  const std::size_t before = commits_in_log(folder.read("runs.db-wal"));
  for (std::int64_t number = 1; number <= 500; ++number) write_run(thread, number, nullptr);
  gate.open();
  thread.drain();
  EXPECT_EQ(commits_in_log(folder.read("runs.db-wal")) - before, 1U);
}

TEST(StoreThread, ABurstIsAHandfulOfCommits) {
  const ScratchFolder folder;
  Inbox inbox;
  Gate gate;
  std::vector<std::int64_t> order;
  {
    StoreThread thread(must_open(folder.path()), inbox.post());
    gate.hold(thread);
    for (std::int64_t number = 1; number <= 10'000; ++number) {
      write_run(thread, number, [&order, number](Result<void> result) {
        EXPECT_TRUE(result);
        order.push_back(number);
      });
    }
    gate.open();
  }
  EXPECT_LE(inbox.run(), 90U) << "a report for every 128 changes of a commit, and no commit for each";
  ASSERT_EQ(order.size(), 10'000U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(must(must_open(folder.path())->last()).number, 10'000);
}

TEST(StoreThread, AReadSeesWhatWasAskedForBeforeAndNoMore) {
  const ScratchFolder folder;
  Inbox inbox;
  Gate gate;
  std::vector<std::int64_t> seen;
  StoreThread thread(must_open(folder.path()), inbox.post());
  gate.hold(thread);
  for (std::int64_t number = 1; number <= 50; ++number) {
    write_run(thread, number, nullptr);
    if (number % 3 != 0) continue;
    thread.read<RunStore::Last>([](RunStore& store) { return store.last(); },
                                [&seen](Result<RunStore::Last> last) { seen.push_back(last->number); });
  }
  gate.open();
  thread.drain();
  inbox.run();
  ASSERT_EQ(seen.size(), 16U);
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], static_cast<std::int64_t>(3 * i + 3));
}

TEST(StoreThread, AChangeThatFailsHarmsNoOther) {
  const ScratchFolder folder;
  Inbox inbox;
  Gate gate;
  std::vector<bool> outcomes;
  StoreThread thread(must_open(folder.path()), inbox.post());
  gate.hold(thread);
  for (const std::int64_t number : {1, 1, 2}) {
    write_run(thread, number, [&outcomes](Result<void> result) { outcomes.push_back(result.ok()); });
  }
  gate.open();
  thread.drain();
  inbox.run();
  EXPECT_EQ(outcomes, (std::vector<bool>{true, false, true}));
}

TEST(StoreThread, TheDestructorDoesWhatWasAskedForAndPostsNoMore) {
  const ScratchFolder folder;
  Inbox inbox;
  std::size_t reported = 0;
  {
    StoreThread thread(must_open(folder.path()), inbox.post());
    for (std::int64_t number = 1; number <= 200; ++number) {
      write_run(thread, number, [&reported](Result<void>) { ++reported; });
    }
  }
  inbox.run();
  EXPECT_EQ(reported, 200U);
  EXPECT_EQ(inbox.run(), 0U);
  EXPECT_EQ(folder.count(), 1U) << "closed in order";
  EXPECT_EQ(must(must_open(folder.path())->last()).number, 200);
}

TEST(StoreThread, ManyThreadsAsk) {
  const ScratchFolder folder;
  Inbox inbox;
  std::atomic<std::int64_t> next = 0;
  std::size_t reported = 0;
  {
    StoreThread thread(must_open(folder.path()), inbox.post());
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 200; ++j) {
          thread.write(
              [&next](RunStore& store) {
                const std::int64_t number = ++next;
                return store.insert(sample_row(number), sample_submission(number));
              },
              [&reported](Result<void> result) { reported += result.ok() ? 1 : 0; });
        }
        thread.drain();
      });
    }
    for (std::thread& one : threads) one.join();
  }
  inbox.run();
  EXPECT_EQ(reported, 800U);
}

TEST(StoreThread, AReadThatNeedNotWaitSeesWhatIsDurable) {
  const ScratchFolder folder;
  Inbox inbox;
  Gate gate;
  std::unique_ptr<RunStore> store = must_open(folder.path());
  std::unique_ptr<RunStore> reader = must(RunStore::open_reader(folder.path()));
  StoreThread thread(std::move(store), inbox.post(), std::move(reader));
  write_run(thread, 1, nullptr);
  thread.drain();
  gate.hold(thread);
  write_run(thread, 2, nullptr);
  std::promise<std::int64_t> seen;
  thread.read<RunStore::Last>(
      [&seen](RunStore& in) {
        Result<RunStore::Last> last = in.last();
        seen.set_value(last ? last->number : -1);
        return last;
      },
      [](Result<RunStore::Last>) {}, StoreOrder::kAtOnce);
  EXPECT_EQ(seen.get_future().get(), 1) << "while what came before it waits";
  gate.open();
  thread.drain();
}

}  // namespace
}  // namespace vnode::test
