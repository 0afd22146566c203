#include "daemon/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

namespace vnode {
namespace {

Error lock_error(const std::string& path, int error_number) {
  return {ErrorCode::kIo, "cannot lock: " + std::generic_category().message(error_number), {.file = path}};
}

Error taken(const std::string& path, int fd) {
  std::string message = "another daemon";
  const std::optional<DaemonRecord> holder = read_record(fd);
  if (holder) message += " (pid " + std::to_string(holder->pid) + ")";
  message += " is already using this state directory";
  if (holder && !holder->socket.empty()) message += "; it listens at " + holder->socket;
  return {ErrorCode::kUnavailable, std::move(message), {.file = path}};
}

}  // namespace

Result<InstanceLock> InstanceLock::take(const std::string& path) {
  OwnedFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return lock_error(path, errno);
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return lock_error(path, errno);
    return taken(path, file.get());
  }
  // Without it the daemon is not found by its lock file; the lock itself is there.
  (void)mark_as_held(file.get()).ok();
  InstanceLock lock(std::move(file));
  lock.tell({.pid = ::getpid()});
  return lock;
}

void InstanceLock::tell(const DaemonRecord& record) {
  const std::string text = record_text(record);
  // In this order a reader finds whole lines, perhaps with the rest of longer ones behind them.
  const ssize_t written = ::pwrite(file_.get(), text.data(), text.size(), 0);
  if (written == static_cast<ssize_t>(text.size())) (void)!::ftruncate(file_.get(), written);
}

}  // namespace vnode
