#pragma once

#include <string>

#include "base/error.h"
#include "base/owned_fd.h"
#include "rpc/daemon_record.h"

namespace vnode {

/// One daemon per state directory (rule 8): an flock on a file, which the system gives back however the
/// process ends. The file says who holds it and where that listens (rpc/daemon_record.h): for messages, and
/// for those who look for the daemon. It stays behind.
class InstanceLock {
 public:
  /// kUnavailable when another process holds it, with its pid; kIo.
  static Result<InstanceLock> take(const std::string& path);

  /// Writes it down; on a full disk the file may stay as it was.
  void tell(const DaemonRecord& record);

 private:
  explicit InstanceLock(OwnedFd file) : file_(std::move(file)) {}
  OwnedFd file_;
};

}  // namespace vnode
