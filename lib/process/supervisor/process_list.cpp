#include "process/supervisor/process_list.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string>

namespace vnode {
namespace {

std::string proc_path(pid_t pid, const char* file) { return "/proc/" + std::to_string(pid) + "/" + file; }

/// As much as fits; 0 when it is not there.
std::size_t read_file(const std::string& path, char* buffer, std::size_t size) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t count = ::read(file, buffer, size);
  ::close(file);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

/// The numbers of a line, from the third field of /proc/PID/stat on: 0 is the parent.
bool parse_stat(std::string_view text, ProcessInfo& info) {
  const std::size_t end_of_name = text.rfind(')');
  if (end_of_name == std::string_view::npos || end_of_name + 2 >= text.size()) return false;
  const char state = text[end_of_name + 2];
  std::array<std::int64_t, 21> fields{};
  const char* at = text.data() + end_of_name + 3;
  const char* const end = text.data() + text.size();
  for (std::int64_t& field : fields) {
    while (at < end && *at == ' ') ++at;
    const auto read = std::from_chars(at, end, field);
    if (read.ec == std::errc::result_out_of_range)
      field = INT64_MAX;
    else if (read.ec != std::errc())
      return false;
    at = read.ptr;
  }
  // Where the first thread has ended and others go on the state is the first one's.
  info.has_ended = state == 'X' || (state == 'Z' && fields[16] <= 1);
  info.is_stopped = state == 'T';
  info.parent = static_cast<pid_t>(fields[0]);
  info.group = static_cast<pid_t>(fields[1]);
  info.session = static_cast<pid_t>(fields[2]);
  info.started = static_cast<std::uint64_t>(fields[18]);
  info.resident =
      static_cast<std::uint64_t>(fields[20]) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return true;
}

}  // namespace

std::uint64_t ticks_now() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  return static_cast<std::uint64_t>(now.tv_sec) * per_second +
         static_cast<std::uint64_t>(now.tv_nsec) * per_second / 1'000'000'000;
}

std::optional<ProcessInfo> process_info(pid_t pid) {
  std::array<char, 1024> text;
  const std::size_t size = read_file(proc_path(pid, "stat"), text.data(), text.size());
  ProcessInfo info;
  info.pid = pid;
  if (size == 0 || !parse_stat({text.data(), size}, info)) return std::nullopt;
  return info;
}

std::vector<ProcessInfo> all_processes() {
  std::vector<ProcessInfo> found;
  DIR* const folder = ::opendir("/proc");
  if (!folder) return found;
  while (const dirent* const entry = ::readdir(folder)) {
    pid_t pid = 0;
    const char* const end = entry->d_name + std::strlen(entry->d_name);
    const auto read = std::from_chars(entry->d_name, end, pid);
    if (read.ec != std::errc() || read.ptr != end) continue;
    if (const std::optional<ProcessInfo> info = process_info(pid)) found.push_back(*info);
  }
  ::closedir(folder);
  return found;
}

OwnChildren::OwnChildren()
    : file_(
          ::open(proc_path(::getpid(), ("task/" + std::to_string(::getpid()) + "/children").c_str()).c_str(),
                 O_RDONLY | O_CLOEXEC)) {}

OwnChildren::~OwnChildren() {
  if (file_ >= 0) ::close(file_);
}

const std::vector<pid_t>& OwnChildren::now() {
  children_.clear();
  if (file_ < 0) {  // this kernel does not tell
    const pid_t self = ::getpid();
    for (const ProcessInfo& info : all_processes()) {
      if (info.parent == self) children_.push_back(info.pid);
    }
    return children_;
  }
  std::array<char, 4096> text;
  pid_t number = 0;
  off_t at = 0;
  ssize_t size;
  while ((size = ::pread(file_, text.data(), text.size(), at)) > 0) {
    at += size;
    for (ssize_t i = 0; i < size; ++i) {
      const char c = text[static_cast<std::size_t>(i)];
      if (c >= '0' && c <= '9') {
        number = number * 10 + (c - '0');
      } else if (number != 0) {
        children_.push_back(number);
        number = 0;
      }
    }
  }
  if (number != 0) children_.push_back(number);
  return children_;
}

namespace {

/// With a NUL before each entry, and one behind the last; nothing else when nobody may see it.
std::string environment_of(pid_t pid) {
  std::string text(1, '\0');
  const int file = ::open(proc_path(pid, "environ").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return text;
  std::array<char, 16384> buffer;
  ssize_t size;
  while ((size = ::read(file, buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  ::close(file);
  return text;
}

}  // namespace

bool has_in_environment(pid_t pid, std::string_view entry) {
  std::string wanted(1, '\0');
  wanted.append(entry).append(1, '\0');
  return environment_of(pid).find(wanted) != std::string::npos;
}

int number_in_environment(pid_t pid, std::string_view prefix) {
  const std::string text = environment_of(pid);
  std::string wanted(1, '\0');
  wanted.append(prefix);
  const std::size_t at = text.find(wanted);
  if (at == std::string::npos) return 0;
  int number = 0;
  std::from_chars(text.data() + at + wanted.size(), text.data() + text.size(), number);
  return number;
}

void send_signal(const ProcessInfo& process, int number) {
  const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0));
  if (descriptor < 0 && errno == ESRCH) return;
  // Only now is it certain whom the descriptor stands for.
  const std::optional<ProcessInfo> now = process_info(process.pid);
  if (now && now->started == process.started) {
    if (descriptor >= 0) {
      (void)::syscall(SYS_pidfd_send_signal, descriptor, number, nullptr, 0);
    } else {
      ::kill(process.pid, number);  // an older kernel, or no descriptor left: a moment stays
    }
  }
  if (descriptor >= 0) ::close(descriptor);
}

}  // namespace vnode
