#include "async/command.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/owned_fd.h"

namespace vnode {
namespace {

constexpr std::size_t kMostHookOutput = 4096;

Error failure(ErrorCode code, const std::string& what, int error_number) {
  return {code, what + ": " + std::generic_category().message(error_number)};
}

/// The program's path, as execvp would find it in that directory: the child must not allocate.
std::optional<std::string> find_program(const std::string& name, const std::string& directory) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string::npos) {
    const bool is_relative = name.front() != '/' && !directory.empty();
    const std::string path = is_relative ? directory + "/" + name : name;
    return ::access(path.c_str(), X_OK) == 0 ? std::optional(name) : std::nullopt;
  }
  const char* variable = std::getenv("PATH");
  std::string_view path = variable ? variable : "/usr/local/bin:/usr/bin:/bin";
  while (true) {
    const std::size_t end = path.find(':');
    std::string candidate(path.substr(0, end));
    candidate += (candidate.empty() ? "./" : "/") + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    if (end == std::string_view::npos) return std::nullopt;
    path.remove_prefix(end + 1);
  }
}

/// Everything that the child needs, made before it is: between vfork and exec nothing may be allocated.
struct Start {
  std::string program;
  std::vector<std::string> variables;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* directory = nullptr;
  int input = -1;
  int output = -1;
};

void collect_environment(const Command& command, Start& start) {
  for (const auto& [name, value] : command.environment) start.variables.push_back(name + "=" + value);
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('='));
    bool is_replaced = false;
    for (const auto& [other, value] : command.environment) is_replaced = is_replaced || other == name;
    if (!is_replaced) start.environment.push_back(*entry);
  }
  for (std::string& variable : start.variables) start.environment.push_back(variable.data());
  start.environment.push_back(nullptr);
}

[[noreturn]] void become(const Start& start) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);
  // Blocked and ignored signals would be inherited.
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &standard, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(start.input, STDIN_FILENO);
  ::dup2(start.output, STDOUT_FILENO);
  ::dup2(start.output, STDERR_FILENO);
  if (!start.directory || ::chdir(start.directory) == 0) {
    ::execve(start.program.c_str(), start.arguments.data(), start.environment.data());
  }
  ::_exit(127);
}

pid_t spawn(const Start& start) {
  // Not fork: copying the tables of a large process takes longer than the whole start.
  const pid_t pid = ::vfork();
  if (pid == 0) become(start);
  return pid;
}

/// Takes what the program writes, and keeps its beginning. False at its end.
bool drain(int fd, std::string& kept) {
  char buffer[4096];
  const ssize_t size = ::read(fd, buffer, sizeof buffer);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  const std::size_t room = kMostHookOutput - std::min(kMostHookOutput, kept.size());
  kept.append(buffer, std::min(static_cast<std::size_t>(size), room));
  return size > 0;
}

/// Waits for the program's end, and reads meanwhile: one that writes more than a pipe holds must not wait.
CommandEnd wait_for(pid_t pid, std::chrono::milliseconds timeout, int output) {
  // Without a descriptor for it (too few) it is asked after from time to time.
  constexpr int kLook = 20;
  CommandEnd end;
  const OwnedFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd watched[2] = {{pidfd.get(), POLLIN, 0}, {output, POLLIN, 0}};
  const auto until = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() < 0) {
      end.is_timeout = true;
      break;
    }
    const auto pause = static_cast<int>(std::min<std::int64_t>(left.count() + 1, pidfd ? 60'000 : kLook));
    if (::poll(watched, 2, pause) < 0 && errno != EINTR) break;
    if (watched[1].revents != 0 && !drain(output, end.output)) watched[1].fd = -1;
    siginfo_t info{};
    if (watched[0].revents != 0) break;
    if (!pidfd && ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid != 0) {
      break;
    }
  }
  while (watched[1].fd >= 0 && end.output.size() < kMostHookOutput && ::poll(&watched[1], 1, 0) > 0 &&
         drain(output, end.output)) {
  }
  // Not reaped yet, so the numbers are still its own. What it has started ends with it.
  ::kill(-pid, SIGKILL);
  if (end.is_timeout) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  end.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return end;
}

}  // namespace

Result<CommandEnd> run_command(const Command& command) {
  std::optional<std::string> program =
      command.words.empty() ? std::nullopt : find_program(command.words.front(), command.directory);
  if (!program) {
    return Error{ErrorCode::kNotFound, "no such program: " + (command.words.empty() ? std::string("(none)")
                                                                                    : command.words.front())};
  }
  const OwnedFd input(::memfd_create("input", MFD_CLOEXEC));
  int ends[2] = {-1, -1};
  const bool has_pipe = ::pipe2(ends, O_CLOEXEC) == 0;
  const OwnedFd output(ends[0]);
  OwnedFd written(ends[1]);
  if (!input || !has_pipe) return failure(ErrorCode::kUnavailable, "cannot start a program", errno);
  for (std::size_t at = 0; at < command.input.size();) {
    const ssize_t size = ::write(input.get(), command.input.data() + at, command.input.size() - at);
    if (size < 0) return failure(ErrorCode::kUnavailable, "cannot start a program", errno);
    at += static_cast<std::size_t>(size);
  }
  ::lseek(input.get(), 0, SEEK_SET);
  Start start{.program = std::move(*program), .input = input.get(), .output = written.get()};
  std::vector<std::string> words = command.words;
  for (std::string& word : words) start.arguments.push_back(word.data());
  start.arguments.push_back(nullptr);
  collect_environment(command, start);
  if (!command.directory.empty()) start.directory = command.directory.c_str();
  const pid_t pid = spawn(start);
  if (pid < 0) return failure(ErrorCode::kUnavailable, "cannot start a program", errno);
  written.reset();  // its end is the child's alone now
  return wait_for(pid, command.timeout, output.get());
}

}  // namespace vnode
