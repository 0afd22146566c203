#include "daemon/run_threads.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace vnode {
namespace {

constexpr auto kIdleTime = std::chrono::seconds(30);

}  // namespace

struct RunThreads::State {
  explicit State(unsigned worker_count) : workers(worker_count) {}

  const unsigned workers;
  std::mutex mutex;
  std::condition_variable work;
  std::condition_variable gone;
  std::deque<std::function<bool(RunThread)>> jobs;
  std::size_t idle = 0;
  std::size_t threads = 0;
  bool is_ending = false;
  bool is_abandoned = false;

  /// The next job, or none when the thread is to end.
  std::function<bool(RunThread)> take() {
    std::unique_lock lock(mutex);
    ++idle;
    work.wait_for(lock, kIdleTime, [this] { return is_ending || !jobs.empty(); });
    --idle;
    if (jobs.empty()) {
      --threads;
      gone.notify_all();
      return {};
    }
    std::function<bool(RunThread)> job = std::move(jobs.front());
    jobs.pop_front();
    return job;
  }

  static void work_off(const std::shared_ptr<State>& state, EventLoop& loop) {
    std::optional<WorkerPool> pool(std::in_place, state->workers);
    while (std::function<bool(RunThread)> job = state->take()) {
      if (job(RunThread{loop, *pool})) {
        pool->abandon();
        pool.emplace(state->workers);
      }
    }
  }
};

RunThreads::RunThreads(unsigned workers) : state_(std::make_shared<State>(workers)) {}

RunThreads::~RunThreads() {
  std::unique_lock lock(state_->mutex);
  state_->is_ending = true;
  state_->work.notify_all();
  state_->gone.wait(lock, [this] { return state_->threads == 0 || state_->is_abandoned; });
}

bool RunThreads::execute(std::function<bool(RunThread)> job) {
  const std::lock_guard lock(state_->mutex);
  if (state_->idle <= state_->jobs.size()) {
    try {
      auto loop = std::make_shared<EventLoop>();
      std::thread([state = state_, loop] { State::work_off(state, *loop); }).detach();
      ++state_->threads;
    } catch (const std::system_error&) {
      // Too few descriptors or threads: those that are there take it when they are done.
      if (state_->threads == 0) return false;
    }
  }
  state_->jobs.push_back(std::move(job));
  state_->work.notify_one();
  return true;
}

void RunThreads::abandon() {
  const std::lock_guard lock(state_->mutex);
  state_->is_abandoned = true;
  state_->gone.notify_all();
}

}  // namespace vnode
