#include "daemon/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace vnode {
namespace {

Error lock_error(const std::string& path, int error_number) {
  return {ErrorCode::kIo, "cannot lock: " + std::generic_category().message(error_number), {.file = path}};
}

std::string holder(int fd) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size() - 1, 0);
  std::string pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid.empty() ? std::string() : " (pid " + pid + ")";
}

}  // namespace

Result<InstanceLock> InstanceLock::take(const std::string& path) {
  OwnedFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return lock_error(path, errno);
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return lock_error(path, errno);
    return Error{ErrorCode::kUnavailable,
                 "another daemon" + holder(file.get()) + " is already using this state directory",
                 {.file = path}};
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  // The pid is for messages only: a full disk does not keep the daemon from starting.
  if (::ftruncate(file.get(), 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(file.get(), pid.data(), pid.size(), 0);
  }
  return InstanceLock(std::move(file));
}

}  // namespace vnode
