#include "daemon/working_directory.h"

#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <system_error>

namespace vnode {
namespace {

/// The process has one working directory, so this is one for the process.
struct ProcessDirectory {
  std::mutex mutex;
  std::condition_variable free;
  std::string path;
  int users = 0;
};

ProcessDirectory& process_directory() {
  static ProcessDirectory directory;
  return directory;
}

/// Once a thread.
bool has_own_directory() {
  thread_local const bool is_own = ::unshare(CLONE_FS) == 0;
  return is_own;
}

Error directory_error(const std::string& path, int error_number) {
  const ErrorCode code = error_number == ENOENT || error_number == ENOTDIR ? ErrorCode::kNotFound
                         : error_number == EACCES                          ? ErrorCode::kUnreadable
                                                                           : ErrorCode::kIo;
  return {
      code, "cannot work in this folder: " + std::generic_category().message(error_number), {.file = path}};
}

}  // namespace

Result<WorkingDirectory> WorkingDirectory::enter(const std::string& path) {
  if (has_own_directory()) {
    if (::chdir(path.c_str()) != 0) return directory_error(path, errno);
    return WorkingDirectory(false);
  }
  ProcessDirectory& process = process_directory();
  std::unique_lock lock(process.mutex);
  process.free.wait(lock, [&] { return process.users == 0 || process.path == path; });
  if (process.path != path || process.users == 0) {
    if (::chdir(path.c_str()) != 0) return directory_error(path, errno);
    process.path = path;
  }
  ++process.users;
  return WorkingDirectory(true);
}

WorkingDirectory::~WorkingDirectory() {
  if (!shares_process_) return;
  ProcessDirectory& process = process_directory();
  const std::lock_guard lock(process.mutex);
  if (--process.users == 0) process.free.notify_all();
}

}  // namespace vnode
