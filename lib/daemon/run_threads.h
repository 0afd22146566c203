#pragma once

#include <functional>
#include <memory>

#include "async/event_loop.h"
#include "async/worker_pool.h"

namespace vnode {

/// What a thread lends to the run that it drives.
struct RunThread {
  EventLoop& loop;
  WorkerPool& workers;  ///< its threads share this thread's working directory
};

/// Threads that drive runs, one run at a time each. A thread starts when no idle one is there, and ends when
/// it has been idle for a while. Thread rule: any thread.
class RunThreads {
 public:
  explicit RunThreads(unsigned workers);
  RunThreads(const RunThreads&) = delete;
  /// Waits for what is under way, unless abandoned.
  ~RunThreads();

  /// False when no thread can be started (limits of the system): `job` was not taken then. It must not throw.
  /// `leaves_work`: what it returns; true when work that it gave to the pool may still be going on, so that
  /// nobody else may use that pool.
  bool execute(std::function<bool(RunThread)> job);
  /// The destructor does not wait for jobs that never end.
  void abandon();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace vnode
