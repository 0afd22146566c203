#pragma once

#include <functional>
#include <memory>

namespace vnode {

/// Threads for blocking and CPU-bound work. Threads start when there is work for them, at most `threads` of
/// them.
///
/// Thread rule: `submit` may be called from any thread. Jobs start in the order of submission and must not
/// throw. Destroying the pool drops jobs that have not started and waits for those that have, so jobs look at
/// their stop token; `abandon` makes the destructor not wait for a job that never returns (its thread is left
/// behind).
class WorkerPool {
 public:
  explicit WorkerPool(unsigned threads);
  WorkerPool(const WorkerPool&) = delete;
  ~WorkerPool();

  void submit(std::function<void()> job);
  unsigned threads() const;
  void abandon();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace vnode
