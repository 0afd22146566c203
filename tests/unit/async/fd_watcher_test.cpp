#include "async/fd_watcher.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "base/owned_fd.h"
#include "support/pipe.h"

namespace vnode::test {
namespace {

using Readiness = FdWatcher::Readiness;
constexpr std::chrono::seconds kLongWait(20);

/// Something that a `ready` does once, and that a test waits for.
class Call {
 public:
  std::function<void()> function() {
    return [this] { called_.set_value(); };
  }
  bool comes() { return future_.wait_for(kLongWait) == std::future_status::ready; }
  bool has_come() const { return future_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }

 private:
  std::promise<void> called_;
  std::future<void> future_ = called_.get_future();
};

/// Returns when the watcher has handled all that was ready before.
void let_pass(FdWatcher& watcher) {
  for (int round = 0; round < 3; ++round) {
    Pipe pipe;
    Call call;
    watcher.watch(pipe.writer(), Readiness::kWritable, call.function());
    ASSERT_TRUE(call.comes());
    watcher.forget(pipe.writer());
  }
}

TEST(FdWatcher, TellsOnceWhenThereIsSomethingToRead) {
  Pipe pipe;
  Call call;  // would throw at the second time
  FdWatcher watcher;
  watcher.watch(pipe.reader(), Readiness::kReadable, call.function());
  let_pass(watcher);
  EXPECT_FALSE(call.has_come());
  ASSERT_EQ(::write(pipe.writer(), "x", 1), 1);
  EXPECT_TRUE(call.comes());
  ASSERT_EQ(::write(pipe.writer(), "y", 1), 1);
  let_pass(watcher);
  watcher.forget(pipe.reader());
}

TEST(FdWatcher, TellsEndOfFileAndErrors) {
  FdWatcher watcher;
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  OwnedFd reader(ends[0]), writer(ends[1]);
  Call at_end, broken;
  watcher.watch(reader.get(), Readiness::kReadable, at_end.function());
  writer.reset();
  EXPECT_TRUE(at_end.comes());
  watcher.forget(reader.get());

  Pipe pipe;
  watcher.watch(pipe.writer(), Readiness::kReadable, broken.function());
  pipe.close_reader();
  EXPECT_TRUE(broken.comes());
  watcher.forget(pipe.writer());
}

TEST(FdWatcher, WatchesForRoomToWrite) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
  OwnedFd near(ends[0]), far(ends[1]);
  const std::string block(65536, 'x');
  while (::write(near.get(), block.data(), block.size()) > 0) continue;
  Call writable, either;
  FdWatcher watcher;
  watcher.watch(near.get(), Readiness::kWritable, writable.function());
  let_pass(watcher);
  EXPECT_FALSE(writable.has_come());
  std::string sink(65536, 0);
  while (::read(far.get(), sink.data(), sink.size()) > 0) continue;
  EXPECT_TRUE(writable.comes());
  watcher.watch(near.get(), Readiness::kBoth, either.function());
  EXPECT_TRUE(either.comes());
  watcher.forget(near.get());
}

TEST(FdWatcher, ANewWatchReplacesTheFormerOne) {
  Pipe pipe;
  Call call;
  std::atomic<bool> former_called = false;
  FdWatcher watcher;
  watcher.watch(pipe.reader(), Readiness::kReadable, [&] { former_called = true; });
  watcher.watch(pipe.reader(), Readiness::kReadable, call.function());
  ASSERT_EQ(::write(pipe.writer(), "x", 1), 1);
  EXPECT_TRUE(call.comes());
  let_pass(watcher);
  EXPECT_FALSE(former_called);
  watcher.forget(pipe.reader());
}

TEST(FdWatcher, AReadyMayWatchAgain) {
  Pipe pipe;
  FdWatcher watcher;
  std::promise<std::string> all;
  std::string text;
  std::function<void()> ready = [&] {
    text += pipe.read_some();
    if (text.size() == 1000) {
      all.set_value(text);
    } else {
      watcher.watch(pipe.reader(), Readiness::kReadable, ready);
    }
  };
  watcher.watch(pipe.reader(), Readiness::kReadable, ready);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(::write(pipe.writer(), "x", 1), 1);
  EXPECT_EQ(all.get_future().get(), std::string(1000, 'x'));
  watcher.forget(pipe.reader());
}

TEST(FdWatcher, ForgetWaitsForARunningCallAndKeepsItFromWatchingAgain) {
  for (int round = 0; round < 200; ++round) {
    Pipe pipe;
    ASSERT_EQ(::write(pipe.writer(), "x", 1), 1);
    FdWatcher watcher;
    std::latch started(1);
    std::atomic<int> calls = 0;
    std::atomic<bool> ended = false;
    std::function<void()> ready = [&] {
      if (++calls == 1) started.count_down();
      watcher.watch(pipe.reader(), Readiness::kReadable, ready);  // the byte stays: ready again at once
      ended = true;
    };
    watcher.watch(pipe.reader(), Readiness::kReadable, ready);
    started.wait();
    watcher.forget(pipe.reader());
    const int calls_then = calls;
    EXPECT_TRUE(ended);
    let_pass(watcher);
    EXPECT_EQ(calls, calls_then);
  }
}

TEST(FdWatcher, AReadyMayForgetItsOwnDescriptor) {
  Pipe pipe;
  Call call;
  FdWatcher watcher;
  watcher.watch(pipe.writer(), Readiness::kWritable, [&] {
    watcher.forget(pipe.writer());
    call.function()();
  });
  EXPECT_TRUE(call.comes());
}

TEST(FdWatcher, AReusedDescriptorNumberIsAnotherDescriptor) {
  FdWatcher watcher;
  for (int round = 0; round < 100; ++round) {
    Pipe pipe;  // the same numbers each time
    Call call;
    watcher.watch(pipe.reader(), Readiness::kReadable, call.function());
    ASSERT_EQ(::write(pipe.writer(), "x", 1), 1);
    if (round % 2 == 0) {
      EXPECT_TRUE(call.comes());
    }
    watcher.forget(pipe.reader());
  }
}

TEST(FdWatcher, APlainFileIsReadyAtOnce) {
  const OwnedFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  Call call;
  FdWatcher watcher;
  watcher.watch(file.get(), Readiness::kReadable, call.function());
  EXPECT_TRUE(call.comes());
  watcher.forget(file.get());
}

TEST(FdWatcher, ForgettingWhatWasNeverWatchedIsNothing) {
  FdWatcher watcher;
  watcher.forget(0);
  let_pass(watcher);
  watcher.forget(0);
}

TEST(FdWatcher, EndsWithWatchesPending) {
  Pipe pipe;
  auto held = std::make_shared<int>(1);
  {
    FdWatcher watcher;
    watcher.watch(pipe.reader(), Readiness::kReadable, [held] {});
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(FdWatcher, ServesManyThreads) {
  FdWatcher watcher;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&watcher] {
      for (int round = 0; round < 50; ++round) {
        Pipe pipe;
        Call call;
        watcher.watch(pipe.reader(), Readiness::kReadable, call.function());
        ASSERT_EQ(::write(pipe.writer(), "x", 1), 1);
        EXPECT_TRUE(call.comes());
        watcher.forget(pipe.reader());
      }
    });
  }
}

}  // namespace
}  // namespace vnode::test
