// The work that scripts/bench/process_bench.py measures: processes through the runtime, from a program of 50
// MB.
//
// usage: bench_processes starts COUNT AT_ONCE WORD...   seconds, and what is left: descriptors, memory
//        bench_processes cancel COUNT GRACE_MS          seconds until half that ignore SIGTERM, and the
//        others, are gone bench_processes output WORD...                 seconds until all is read and cut
//        into lines, none kept
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "process/child_environment.h"
#include "process/log_budget.h"
#include "process/output_lines.h"
#include "process/piped_process.h"

namespace vnode {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Counts ends, so that so many go on at once.
class Slots {
 public:
  explicit Slots(int count) : free_(count), all_(count) {}
  void take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return free_ > 0; });
    --free_;
  }
  void give() {
    const std::lock_guard lock(mutex_);
    ++free_;
    changed_.notify_all();
  }
  void wait_for_all() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return free_ == all_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int free_;
  const int all_;
};

class Listener final : public ProcessListener {
 public:
  /// `on_ready`: called once, when it has written "up" or has ended.
  Listener(std::function<void()> on_ready, RunLogBudget& budget)
      : on_ready_(std::move(on_ready)),
        budget_(budget),
        lines_([this](std::string_view line) { logged_ += budget_.take(line.size()); }) {}
  void on_output(OutputStream, std::string_view bytes) override {
    bytes_ += bytes.size();
    lines_.add(bytes, Clock::now());
    if (!is_up_ && bytes.starts_with("up")) {
      is_up_ = true;
      on_ready_();
    }
  }
  void on_end(const ProcessEnd& end) override {
    lines_.finish();
    if (end.error) std::fprintf(stderr, "%s\n", end.error->message.c_str());
    if (!is_up_) on_ready_();
  }
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::function<void()> on_ready_;
  LogBudget budget_;
  OutputLines lines_;
  std::uint64_t bytes_ = 0;
  std::uint64_t logged_ = 0;
  bool is_up_ = false;
};

struct Load {
  FdWatcher watcher;
  RunProcesses processes{watcher, std::chrono::seconds(5)};
  RunLogBudget budget;
  const std::vector<std::string> environment = child_environment(own_variables(), {.run_id = "bench"});

  std::shared_ptr<Listener> start(std::vector<std::string> words, std::function<void()> on_ready) {
    auto listener = std::make_shared<Listener>(std::move(on_ready), budget);
    const Result<ProcessNumber> started =
        start_piped(processes, watcher, {.words = std::move(words), .environment = environment}, listener);
    if (!started) {
      std::fprintf(stderr, "%s\n", started.error().message.c_str());
      std::exit(1);
    }
    return listener;
  }
};

long resident_kb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

int starts(int count, int at_once, std::vector<std::string> words) {
  std::vector<char> weight(50 << 20, 1);  // what a fork would have to copy
  Load load;
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  Slots slots(at_once);
  // The next one is started by the call that tells the end of one.
  std::atomic<int> left = 0;
  const std::function<void()> start_next = [&] {
    if (left.fetch_sub(1) > 0) {
      load.start(words, start_next);
    } else {
      slots.give();
    }
  };
  const auto run = [&](int times) {
    left = times;
    for (int i = 0; i < at_once; ++i) {
      slots.take();
      start_next();
    }
    slots.wait_for_all();
  };
  const auto begin = Clock::now();
  run(1);  // with the supervisor's own start
  const auto descriptors_before = descriptors();
  run(count - 1);
  const double took = seconds_since(begin);
  std::printf("{\"seconds\": %f, \"descriptors\": %ld, \"resident_kb\": %ld}\n", took,
              static_cast<long>(descriptors() - descriptors_before),
              resident_kb() - static_cast<long>(weight.size() >> 10));
  return 0;
}

int cancel(int count, int grace_ms) {
  Load load;
  Slots slots(count);
  for (int i = 0; i < count; ++i) {
    slots.take();
    load.start({"/bin/sh", "-c",
                std::string(i % 2 ? "trap '' TERM; " : "") + "echo up; while :; do sleep 600; done"},
               [&slots] { slots.give(); });
  }
  slots.wait_for_all();
  const auto begin = Clock::now();
  load.processes.end(std::chrono::milliseconds(grace_ms));
  const bool is_gone = load.processes.wait_until_gone(std::chrono::minutes(1));
  std::printf("{\"seconds\": %f, \"gone\": %s}\n", seconds_since(begin), is_gone ? "true" : "false");
  return 0;
}

int output(std::vector<std::string> words) {
  Load load;
  Slots slots(1);
  const auto begin = Clock::now();
  slots.take();
  const auto listener = load.start(std::move(words), [&slots] { slots.give(); });
  slots.wait_for_all();
  std::printf("{\"seconds\": %f, \"bytes\": %lu}\n", seconds_since(begin),
              static_cast<unsigned long>(listener->bytes()));
  return 0;
}

}  // namespace
}  // namespace vnode

int main(int count, char** words) {
  const std::vector<std::string> all(words, words + count);
  if (count > 4 && all[1] == "starts")
    return vnode::starts(std::atoi(words[2]), std::atoi(words[3]), {all.begin() + 4, all.end()});
  if (count == 4 && all[1] == "cancel") return vnode::cancel(std::atoi(words[2]), std::atoi(words[3]));
  if (count > 2 && all[1] == "output") return vnode::output({all.begin() + 2, all.end()});
  std::fprintf(stderr, "usage: see the file\n");
  return 2;
}
