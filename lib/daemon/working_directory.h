#pragma once

#include <string>

#include "base/error.h"

namespace vnode {

/// A working directory for the calling thread alone, and for the threads that it starts from now on: runs of
/// one process resolve relative paths against the folder that they were submitted from (rule 10).
///
/// Where the system does not allow that (some containers filter unshare), the whole process is moved, and
/// threads that need another folder wait until those in the present one have left.
class WorkingDirectory {
 public:
  /// Enters it, which may wait. Errors: kNotFound, kUnreadable, kIo; the thread is where it was then.
  static Result<WorkingDirectory> enter(const std::string& path);
  WorkingDirectory(WorkingDirectory&& other) noexcept
      : shares_process_(std::exchange(other.shares_process_, false)) {}
  WorkingDirectory& operator=(WorkingDirectory&&) = delete;
  ~WorkingDirectory();  ///< leaves; the thread's directory is not meaningful from then on

 private:
  explicit WorkingDirectory(bool shares_process) : shares_process_(shares_process) {}
  bool shares_process_;
};

}  // namespace vnode
