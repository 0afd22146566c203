#include "async/command.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/owned_fd.h"

namespace vnode {
namespace {

constexpr std::size_t kMostOutput = 4096;

Error failure(ErrorCode code, const std::string& what, int error_number) {
  return {code, what + ": " + std::generic_category().message(error_number)};
}

/// The program's path, as execvp would find it: the child must not allocate.
std::optional<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return ::access(name.c_str(), X_OK) == 0 ? std::optional(name) : std::nullopt;
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

std::string read_beginning(int fd) {
  std::string text(kMostOutput, '\0');
  const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

CommandEnd wait_for(pid_t pid, std::chrono::milliseconds timeout, int output) {
  CommandEnd end;
  const OwnedFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd watched{pidfd.get(), POLLIN, 0};
  const auto until = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const int ready = ::poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(0, left.count() + 1)));
    if (ready > 0) break;
    if (ready < 0 && errno == EINTR) continue;
    end.is_timeout = true;
    break;
  }
  // Not reaped yet, so the numbers are still its own. What it has started ends with it.
  ::kill(-pid, SIGKILL);
  if (end.is_timeout) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  end.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  end.output = read_beginning(output);
  return end;
}

}  // namespace

Result<CommandEnd> run_command(const Command& command) {
  std::optional<std::string> program =
      command.words.empty() ? std::nullopt : find_program(command.words.front());
  if (!program) {
    return Error{ErrorCode::kNotFound, "no such program: " + (command.words.empty() ? std::string("(none)")
                                                                                    : command.words.front())};
  }
  const OwnedFd input(::memfd_create("input", MFD_CLOEXEC));
  const OwnedFd output(::memfd_create("output", MFD_CLOEXEC));
  if (!input || !output) return failure(ErrorCode::kUnavailable, "cannot start a program", errno);
  for (std::size_t at = 0; at < command.input.size();) {
    const ssize_t written = ::write(input.get(), command.input.data() + at, command.input.size() - at);
    if (written < 0) return failure(ErrorCode::kUnavailable, "cannot start a program", errno);
    at += static_cast<std::size_t>(written);
  }
  ::lseek(input.get(), 0, SEEK_SET);
  Start start{.program = std::move(*program), .input = input.get(), .output = output.get()};
  std::vector<std::string> words = command.words;
  for (std::string& word : words) start.arguments.push_back(word.data());
  start.arguments.push_back(nullptr);
  collect_environment(command, start);
  if (!command.directory.empty()) start.directory = command.directory.c_str();
  const pid_t pid = spawn(start);
  if (pid < 0) return failure(ErrorCode::kUnavailable, "cannot start a program", errno);
  return wait_for(pid, command.timeout, output.get());
}

}  // namespace vnode
