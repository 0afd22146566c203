#include "apps/vnode/service/detaching.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "apps/vnode/terminal/print.h"

namespace vnode {
namespace {

/// A log that is larger when the daemon starts, or opens it again, is set aside.
constexpr off_t kMostLog = 10 * 1024 * 1024;

OwnedFd open_log(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > kMostLog) {
    (void)::rename(path.c_str(), (path + ".1").c_str());
  }
  return OwnedFd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
}

/// Descriptors that were inherited would be held for as long as the daemon lives: pipes that never end, locks
/// that are never given back.
void close_others(std::vector<int> kept) {
  std::vector<int> open;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    const std::string name = entry.path().filename().string();
    int fd = -1;
    if (std::from_chars(name.data(), name.data() + name.size(), fd).ec == std::errc()) open.push_back(fd);
  }
  for (const int fd : open) {
    if (fd > STDERR_FILENO && std::find(kept.begin(), kept.end(), fd) == kept.end()) ::close(fd);
  }
}

void become_background(int log, const std::vector<int>& kept) {
  ::setsid();
  const OwnedFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (nothing) ::dup2(nothing.get(), STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  std::vector<int> all = kept;
  if (nothing) all.push_back(nothing.get());
  close_others(std::move(all));
}

}  // namespace

bool reopen_log(const std::string& log) {
  const OwnedFd file = open_log(log);
  if (!file) return false;
  // In one step each: other threads write to them.
  ::dup2(file.get(), STDOUT_FILENO);
  ::dup2(file.get(), STDERR_FILENO);
  return true;
}

std::optional<ExitCode> detach(const std::string& log, const std::vector<int>& kept, StartReport& report,
                               Diagnostics& diagnostics) {
  const OwnedFd file = open_log(log);
  if (!file) return report_output_failure(log, std::generic_category().message(errno), diagnostics);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return report_output_failure("a pipe", std::generic_category().message(errno), diagnostics);
  }
  const OwnedFd reading(ends[0]);
  OwnedFd writing(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) {
    diagnostics.error("cannot start a process: " + std::generic_category().message(errno));
    return kExitNoDaemon;
  }
  if (child > 0) {
    writing.reset();
    return await_start(reading, child, log, diagnostics);
  }
  std::vector<int> own = kept;
  own.insert(own.end(), {file.get(), reading.get(), writing.get()});
  become_background(file.get(), own);
  report = StartReport(std::move(writing));
  return std::nullopt;
}

}  // namespace vnode
