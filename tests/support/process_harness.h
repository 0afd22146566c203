#pragma once

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "process/child_environment.h"
#include "process/piped_process.h"
#include "process/run_processes.h"

namespace vnode::test {

/// Keeps what a process wrote, and how it ended. Any thread.
class RecordingListener final : public ProcessListener {
 public:
  static constexpr std::chrono::seconds kPatience{60};

  void on_output(OutputStream stream, std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    (stream == OutputStream::kOutput ? output_ : errors_).append(bytes);
    changed_.notify_all();
  }
  void on_end(const ProcessEnd& end) override {
    const std::lock_guard lock(mutex_);
    EXPECT_FALSE(end_.has_value()) << "told twice";
    end_ = end;
    changed_.notify_all();
  }

  /// Until it has ended.
  ProcessEnd end() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, kPatience, [this] { return end_.has_value(); })) << "it did not end";
    return end_.value_or(ProcessEnd{.code = -999});
  }
  bool has_ended() {
    const std::lock_guard lock(mutex_);
    return end_.has_value();
  }
  /// Until its stdout begins with that many lines; these.
  std::string lines(std::size_t count) {
    std::unique_lock lock(mutex_);
    const auto are_there = [&] {
      return static_cast<std::size_t>(std::count(output_.begin(), output_.end(), '\n')) >= count;
    };
    EXPECT_TRUE(changed_.wait_for(lock, kPatience, are_there)) << output_ << errors_;
    return output_;
  }
  std::string output() {
    const std::lock_guard lock(mutex_);
    return output_;
  }
  std::string errors() {
    const std::lock_guard lock(mutex_);
    return errors_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_, errors_;
  std::optional<ProcessEnd> end_;
};

/// A pipe whose writing end processes get as descriptor 3: at its end all that have inherited it are gone,
/// whatever they did to hide.
class LifeLine {
 public:
  LifeLine() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reader_ = OwnedFd(ends[0]);
    writer_ = OwnedFd(ends[1]);
  }
  OwnedFd for_process() const { return OwnedFd(::fcntl(writer_.get(), F_DUPFD_CLOEXEC, 0)); }
  int writer() const { return writer_.get(); }
  void close_own() { writer_.reset(); }
  /// Is everybody gone, at once or within that time?
  bool is_cut_within(std::chrono::milliseconds time) {
    close_own();
    pollfd entry{reader_.get(), POLLIN, 0};
    const auto until = std::chrono::steady_clock::now() + time;
    for (;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      if (::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) <= 0) return false;
      char text[256];
      if (::read(reader_.get(), text, sizeof text) == 0) return true;
    }
  }
  /// Waits for so many bytes, which processes write to descriptor 3 when they are ready.
  bool wait_for(std::size_t bytes) {
    pollfd entry{reader_.get(), POLLIN, 0};
    while (bytes > 0) {
      if (::poll(&entry, 1, 60'000) <= 0) return false;
      char text[256];
      const ssize_t size = ::read(reader_.get(), text, std::min(bytes, sizeof text));
      if (size <= 0) return false;
      bytes -= static_cast<std::size_t>(size);
    }
    return true;
  }

 private:
  OwnedFd reader_;
  OwnedFd writer_;
};

/// Real processes under a supervisor.
class ProcessTest : public testing::Test {
 protected:
  using Started = std::shared_ptr<RecordingListener>;
  static constexpr std::chrono::seconds kShort{1};

  ProcessTest() : processes(std::make_unique<RunProcesses>(watcher, kShort)) {}

  static ProcessStart shell(const std::string& script) {
    return {.words = {"sh", "-c", script},
            .environment = child_environment(own_variables(), {.run_id = "r"})};
  }
  Started start(ProcessStart start) { return start_in(*processes, std::move(start)); }
  Started start_in(RunProcesses& run, ProcessStart start) {
    auto listener = std::make_shared<RecordingListener>();
    const Result<ProcessNumber> started = start_piped(run, watcher, std::move(start), listener);
    EXPECT_TRUE(started.ok()) << (started.ok() ? "" : started.error().message);
    number = started.ok() ? *started : 0;
    return listener;
  }
  /// With the life line as descriptor 3.
  Started start_held(const std::string& script, LifeLine& line) { return start_held(shell(script), line); }
  Started start_held(ProcessStart start, LifeLine& line) {
    start.outputs.push_back(line.for_process());
    return start_in(*processes, std::move(start));
  }
  /// Until the end.
  Started run(const std::string& script) {
    Started started = start(shell(script));
    started->end();
    return started;
  }

  FdWatcher watcher;
  std::unique_ptr<RunProcesses> processes;
  ProcessNumber number = 0;  ///< of the last one
};

}  // namespace vnode::test
