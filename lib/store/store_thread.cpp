#include "store/store_thread.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <new>
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
/// Bounds for how long the owner's thread is told of outcomes without a pause.
constexpr std::size_t kMostReported = 128;

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
  State(std::unique_ptr<RunStore> opened, Post given, std::unique_ptr<RunStore> second)
      : store(std::move(opened)), reader(std::move(second)), post(std::move(given)) {}

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

  /// What the second thread does.
  void look() {
    std::unique_lock lock(mutex);
    while (true) {
      looked.wait(lock, [this] { return is_reader_closing || !looks.empty(); });
      if (looks.empty()) return;
      Read read = std::move(looks.front());
      looks.pop_front();
      lock.unlock();
      post(read(*reader));
      read = nullptr;
      lock.lock();
      count_done(1);
    }
  }

  void ask(Job job) {
    {
      std::lock_guard lock(mutex);
      jobs.push_back(std::move(job));
      ++asked;
    }
    changed.notify_one();
  }

  void ask_reader(Read read) {
    {
      std::lock_guard lock(mutex);
      looks.push_back(std::move(read));
      ++asked;
    }
    looked.notify_one();
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

  std::vector<Result<void>> transact(const std::vector<StoreChange>& changes) {
    std::vector<StoreChange> guarded;
    for (const StoreChange& change : changes) {
      guarded.emplace_back([&change](RunStore& in) -> Result<void> {
        try {
          return change(in);
        } catch (const std::bad_alloc&) {
          return Error{ErrorCode::kIo, "there is no memory for it"};
        }
      });
    }
    return store->transact(guarded);
  }

  void commit(Group group) {
    const std::vector<Result<void>> results = transact(group.changes);
    for (std::size_t at = 0; at < results.size(); at += kMostReported) {
      const auto begin = static_cast<std::ptrdiff_t>(at);
      const auto end = static_cast<std::ptrdiff_t>(std::min(results.size(), at + kMostReported));
      post(report({std::make_move_iterator(group.dones.begin() + begin),
                   std::make_move_iterator(group.dones.begin() + end)},
                  {results.begin() + begin, results.begin() + end}));
    }
  }

  std::unique_ptr<RunStore> store;   ///< of the thread
  std::unique_ptr<RunStore> reader;  ///< of the second one, if there is one
  const Post post;
  std::mutex mutex;
  std::condition_variable changed;
  std::condition_variable looked;
  std::condition_variable idle;
  std::deque<Job> jobs;
  std::deque<Read> looks;
  std::uint64_t asked = 0;
  std::uint64_t done = 0;
  bool is_reader_closing = false;
  bool is_closing = false;
  std::thread thread;
  std::thread second;
};

StoreThread::StoreThread(std::unique_ptr<RunStore> store, Post post, std::unique_ptr<RunStore> reader)
    : state_(std::make_unique<State>(std::move(store), std::move(post), std::move(reader))) {
  state_->thread = std::thread([state = state_.get()] { state->work(); });
  if (state_->reader) state_->second = std::thread([state = state_.get()] { state->look(); });
}

StoreThread::~StoreThread() {
  // The reader first: whoever closes the file last merges the log into it.
  {
    std::lock_guard lock(state_->mutex);
    state_->is_reader_closing = true;
  }
  state_->looked.notify_one();
  if (state_->second.joinable()) state_->second.join();
  state_->reader.reset();
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

void StoreThread::read_any(Read job, StoreOrder order) {
  if (order == StoreOrder::kAtOnce && state_->reader) return state_->ask_reader(std::move(job));
  state_->ask({nullptr, nullptr, std::move(job)});
}

void StoreThread::drain() {
  std::unique_lock lock(state_->mutex);
  state_->idle.wait(lock, [this, asked = state_->asked] { return state_->done >= asked; });
}

}  // namespace vnode
