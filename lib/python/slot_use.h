#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "node/node_runtime.h"

namespace vnode {

/// One blocking execution's use of the run's slots: it has one while its own code is at work, and none while
/// it waits for what its pushes set off, which may need slots themselves. Shared with the pushes, which may
/// end after it. Thread rule: the thread that steps the run.
class SlotUse : public std::enable_shared_from_this<SlotUse> {
 public:
  explicit SlotUse(RunLink& run) : run_(run) {}

  /// Calls `then` when the code may go on; never once the execution is over.
  void take(std::function<void()> then);
  /// One more push is under way.
  void begin_push();
  /// One of them has ended. Calls `then` when the code may go on.
  void end_push(std::function<void()> then);
  /// The execution is over.
  void end();

 private:
  RunLink& run_;
  std::size_t pushes_ = 0;
  bool has_slot_ = false;
  bool is_over_ = false;
};

}  // namespace vnode
