#pragma once

#include <atomic>

#include "apps/vnode/client/daemon_connection.h"
#include "async/fd_watcher.h"

namespace vnode {

/// Ends what a command waits for when nobody reads its standard output any more (`| head -1`): what it waits
/// for, and would write, may be hours away. Pipes only. To be made after what takes signals: it starts a
/// thread.
class ReaderWatch {
 public:
  explicit ReaderWatch(DaemonConnection& connection);

  bool is_gone() const { return is_gone_; }

 private:
  std::atomic<bool> is_gone_ = false;
  FdWatcher watcher_;
};

}  // namespace vnode
