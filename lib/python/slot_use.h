#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "node/resource_pool.h"

namespace vnode {

/// One execution's use of the run's slots and resources: it holds what it needs while its own code is at
/// work, and nothing while it waits for what its pushes set off, which may need the same. Shared with the
/// pushes, which may end after it. Thread rule: the thread that steps the run.
class SlotUse : public std::enable_shared_from_this<SlotUse> {
 public:
  SlotUse(ResourcePool& pool, ResourceDemand demand) : pool_(pool), demand_(std::move(demand)) {}

  /// Calls `then` when the code may go on; never once the execution is over.
  void take(std::function<void()> then);
  /// One more push is under way.
  void begin_push();
  /// One of them has ended. Calls `then` when the code may go on.
  void end_push(std::function<void()> then);
  /// The execution is over.
  void end();
  /// What it waits for, if it waits.
  std::optional<ResourcePool::Lack> lack() const;

 private:
  void on_granted(ResourcePool::Number number, const std::function<void()>& then);
  void give_back();

  ResourcePool& pool_;
  const ResourceDemand demand_;
  std::size_t pushes_ = 0;
  ResourcePool::Number held_ = 0;  ///< 0: nothing
  std::set<ResourcePool::Number> waiting_;
  bool is_over_ = false;
};

}  // namespace vnode
