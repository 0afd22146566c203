#include "store/store_thread.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace vnode {
namespace {

using StoreChange = std::function<Result<void>(RunStore&)>;
using Done = std::function<void(Result<void>)>;
using Read = std::function<std::function<void()>(RunStore&)>;

/// Bounds how much one commit writes.
constexpr std::size_t kMostChanges = 1024;

/// A change with its `done`, or a read.
struct Job {
  StoreChange change;
  Done done;
  Read read;
};

/// Changes of one commit, and what is called when it is over.
struct Group {
  std::vector<StoreChange> changes;
  std::vector<Done> dones;
};

/// What the owner's thread does with the outcome of a commit.
std::function<void()> report(std::vector<Done> dones, std::vector<Result<void>> results) {
  return [dones = std::move(dones), results = std::move(results)] {
    for (std::size_t i = 0; i < dones.size(); ++i) {
      if (dones[i]) dones[i](results[i]);
    }
  };
}

}  // namespace

struct StoreThread::State {
  State(std::unique_ptr<RunStore> opened, Post given) : store(std::move(opened)), post(std::move(given)) {}

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [this] { return is_closing || !jobs.empty(); });
      if (jobs.empty()) break;
      if (jobs.front().read) {
        Job job = take();
        lock.unlock();
        post(job.read(*store));
        job = {};
        lock.lock();
        count_done(1);
      } else {
        Group group = take_changes();
        const std::size_t size = group.changes.size();
        lock.unlock();
        commit(std::move(group));
        lock.lock();
        count_done(size);
      }
    }
    lock.unlock();
    store.reset();  // merges the log into the file
  }

  void ask(Job job) {
    {
      std::lock_guard lock(mutex);
      jobs.push_back(std::move(job));
      ++asked;
    }
    changed.notify_one();
  }

  // With the lock:
  Job take() {
    Job job = std::move(jobs.front());
    jobs.pop_front();
    return job;
  }
  Group take_changes() {
    Group group;
    while (!jobs.empty() && !jobs.front().read && group.changes.size() < kMostChanges) {
      Job job = take();
      group.changes.push_back(std::move(job.change));
      group.dones.push_back(std::move(job.done));
    }
    return group;
  }
  void count_done(std::size_t count) {
    done += count;
    idle.notify_all();
  }

  void commit(Group group) {
    std::vector<Result<void>> results = store->transact(group.changes);
    post(report(std::move(group.dones), std::move(results)));
  }

  std::unique_ptr<RunStore> store;  ///< of the thread
  const Post post;
  std::mutex mutex;
  std::condition_variable changed;
  std::condition_variable idle;
  std::deque<Job> jobs;
  std::uint64_t asked = 0;
  std::uint64_t done = 0;
  bool is_closing = false;
  std::thread thread;
};

StoreThread::StoreThread(std::unique_ptr<RunStore> store, Post post)
    : state_(std::make_unique<State>(std::move(store), std::move(post))) {
  state_->thread = std::thread([state = state_.get()] { state->work(); });
}

StoreThread::~StoreThread() {
  {
    std::lock_guard lock(state_->mutex);
    state_->is_closing = true;
  }
  state_->changed.notify_one();
  state_->thread.join();
}

void StoreThread::write(StoreChange change, Done done) {
  state_->ask({std::move(change), std::move(done), nullptr});
}

void StoreThread::read_any(Read job) { state_->ask({nullptr, nullptr, std::move(job)}); }

void StoreThread::drain() {
  std::unique_lock lock(state_->mutex);
  state_->idle.wait(lock, [this, asked = state_->asked] { return state_->done >= asked; });
}

}  // namespace vnode
