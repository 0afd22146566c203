#pragma once

#include <string>

#include "base/error.h"
#include "base/owned_fd.h"

namespace vnode {

/// One daemon per state directory (rule 8): an flock on a file, which the system gives back however the
/// process ends. The file holds the pid, for messages; it stays behind.
class InstanceLock {
 public:
  /// kUnavailable when another process holds it, with its pid; kIo.
  static Result<InstanceLock> take(const std::string& path);

 private:
  explicit InstanceLock(OwnedFd file) : file_(std::move(file)) {}
  OwnedFd file_;
};

}  // namespace vnode
