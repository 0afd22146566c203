#include "async/worker_pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace vnode {

struct WorkerPool::State {
  explicit State(unsigned limit) : limit(limit == 0 ? 1 : limit) {}

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      ++idle;
      changed.wait(lock, [this] { return closing || !jobs.empty(); });
      --idle;
      if (closing) return;
      std::function<void()> job = std::move(jobs.front());
      jobs.pop_front();
      lock.unlock();
      try {
        job();
      } catch (const std::bad_alloc&) {
        // What has not told so itself is lost; the process is not.
      }
      job = nullptr;  // what it holds may be large, and is not needed while waiting
      lock.lock();
    }
  }

  const unsigned limit;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> jobs;
  std::vector<std::thread> threads;
  unsigned idle = 0;
  bool closing = false;
  bool abandoned = false;
};

WorkerPool::WorkerPool(unsigned threads) : state_(std::make_shared<State>(threads)) {}

WorkerPool::~WorkerPool() {
  {
    std::lock_guard lock(state_->mutex);
    state_->closing = true;
    state_->jobs.clear();
  }
  state_->changed.notify_all();
  for (std::thread& thread : state_->threads) {
    if (state_->abandoned) {
      thread.detach();
    } else {
      thread.join();
    }
  }
}

void WorkerPool::submit(std::function<void()> job) {
  std::lock_guard lock(state_->mutex);
  state_->jobs.push_back(std::move(job));
  if (state_->jobs.size() > state_->idle && state_->threads.size() < state_->limit) {
    try {
      // The thread shares the state, so that an abandoned one never touches freed memory.
      state_->threads.emplace_back([state = state_] { state->work(); });
    } catch (const std::system_error&) {
      // The system gives no more threads: those that there are do the work, unless there are none.
      if (state_->threads.empty()) {
        state_->jobs.pop_back();
        throw;
      }
    }
  }
  state_->changed.notify_one();
}

unsigned WorkerPool::threads() const { return state_->limit; }

void WorkerPool::abandon() {
  std::lock_guard lock(state_->mutex);
  state_->abandoned = true;
}

}  // namespace vnode
