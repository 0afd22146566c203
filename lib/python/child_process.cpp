#include "python/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>

namespace vnode {
namespace {

Error start_error(const std::string& path, int error) {
  const ErrorCode code = error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable;
  return {code, "cannot start '" + path + "': " + std::generic_category().message(error)};
}

class Attributes {
 public:
  Attributes() {
    if (::posix_spawnattr_init(&attributes_) != 0) throw std::bad_alloc();
    sigset_t signals;
    sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  }
  Attributes(const Attributes&) = delete;
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

class FileActions {
 public:
  FileActions() {
    if (::posix_spawn_file_actions_init(&actions_) != 0) throw std::bad_alloc();
  }
  FileActions(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

  /// 0 or the error number.
  int set_up(std::span<const int> passed) {
    int error = ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    const int first_free = static_cast<int>(passed.size()) + 1;
    int next = 1;
    for (const int fd : passed) {
      // Out of the way of the numbers that are given here.
      const OwnedFd& copy = copies_.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, first_free));
      if (!copy) return errno;
      if (error == 0) error = ::posix_spawn_file_actions_adddup2(&actions_, copy.get(), next++);
    }
    if (error == 0) error = ::posix_spawn_file_actions_addclosefrom_np(&actions_, next);
    return error;
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
  std::vector<OwnedFd> copies_;
};

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& command,
                                         std::span<const int> passed) {
  const std::string& path = command.front();
  const Attributes attributes;
  FileActions actions;
  if (const int error = actions.set_up(passed)) return start_error(path, error);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, path.c_str(), actions.get(), attributes.get(), arguments.data(), environ);
  if (error != 0) return start_error(path, error);
  // The process is ours to reap, so the number is still its own.
  OwnedFd pidfd(
      static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));  // glibc 2.36 declares its own without extern "C"
  const int pidfd_error = errno;
  const bool is_watchable = static_cast<bool>(pidfd);
  ChildProcess child(pid, std::move(pidfd));
  if (!is_watchable) return start_error(path, pidfd_error);
  return child;
}

ChildProcess::~ChildProcess() {
  if (pid_ == 0) return;
  kill_group();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

std::optional<int> ChildProcess::reap() {
  if (pid_ == 0) return std::nullopt;
  siginfo_t info{};
  const int result = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG);
  if (result == 0 && info.si_pid == 0) return std::nullopt;
  pid_ = 0;
  if (result != 0) return -SIGKILL;  // somebody else has reaped it: how it ended is not known
  return info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
}

void ChildProcess::kill_group() {
  if (pid_ != 0) ::kill(-pid_, SIGKILL);
}

}  // namespace vnode
