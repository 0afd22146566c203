#pragma once

#include "async/task.h"
#include "node/resource_pool.h"

namespace vnode {

class Execution;

/// One execution's use of what it takes turns at (rules 28 and 40). Thread rule: the thread that steps the
/// run.
class Turn {
 public:
  /// All outlive it.
  Turn(ResourcePool& pool, Execution& execution, const ResourceDemand& demand)
      : pool_(pool), execution_(execution), demand_(demand) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { give_back(); }

  /// Waits until all of it is there. A stop ends the wait with `Cancelled`.
  Task<void> take();
  /// Nothing happens when it has nothing.
  void give_back() {
    if (number_ != 0) pool_.end(std::exchange(number_, 0));
  }

 private:
  Task<void> wait();

  ResourcePool& pool_;
  Execution& execution_;
  const ResourceDemand& demand_;
  ResourcePool::Number number_ = 0;
  std::function<void()> on_granted_;
};

}  // namespace vnode
