#pragma once

#include <functional>
#include <memory>

namespace vnode {

/// Tells when descriptors are ready, from one thread of its own that starts with the first watch.
/// Thread rule: every function may be called from any thread. A descriptor must be forgotten before it is
/// closed.
class FdWatcher {
 public:
  enum class Readiness { kReadable, kWritable, kBoth };

  FdWatcher();
  FdWatcher(const FdWatcher&) = delete;
  /// Not from within `ready`. Calls that have not begun do not come any more.
  ~FdWatcher();

  /// Calls `ready` once, from the watcher's thread, when `fd` can be read (which includes end-of-file and
  /// errors) or written. Replaces an earlier watch of the same descriptor. `ready` may watch again; it must
  /// not wait for what another `ready` does. A descriptor that the system cannot watch (a plain file) counts
  /// as ready.
  void watch(int fd, Readiness readiness, std::function<void()> ready);

  /// When this returns, no call for that descriptor is running or will come. (A `ready` that forgets its own
  /// descriptor does not wait for itself.)
  void forget(int fd);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vnode
