#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/owned_fd.h"

namespace vnode {

/// A program that was started: leads a session of its own, has all signals at their defaults and an empty
/// signal mask, reads from /dev/null, and holds no descriptors but those that were passed. Killed and reaped
/// with its owner. Thread rule: one thread at a time.
class ChildProcess {
 public:
  /// `command`: path, then arguments. `passed` become its descriptors 1, 2, 3, ...
  /// Does not wait; a program that ends at once is still a success.
  /// Errors: kNotFound, kUnavailable (no permission, not a program, no resources).
  static Result<ChildProcess> start(const std::vector<std::string>& command, std::span<const int> passed);
  ChildProcess(ChildProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)), pidfd_(std::move(other.pidfd_)) {}
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  /// Readable when the process has ended.
  int fd() const { return pidfd_.get(); }
  /// Its exit code, or minus the signal that ended it, once it has ended: that is told once, and reaps it.
  std::optional<int> reap();
  /// SIGKILL to the process and all others of its process group.
  void kill_group();

 private:
  ChildProcess(pid_t pid, OwnedFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

  pid_t pid_;  ///< 0 once reaped: the system may give the number to another process
  OwnedFd pidfd_;
};

}  // namespace vnode
