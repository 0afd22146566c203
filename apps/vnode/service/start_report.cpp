#include "apps/vnode/service/start_report.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/read_to_end.h"

namespace vnode {
namespace {

/// The first line of a report is an exit code, the rest a message.
constexpr char kEndOfCode = '\n';

/// It ended without a word.
ExitCode await_end(pid_t child, const std::string& log, Diagnostics& diagnostics) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  std::string how = "has ended";
  if (WIFSIGNALED(status)) how = "was ended by signal " + std::to_string(WTERMSIG(status));
  diagnostics.error("the daemon " + how + " while it was starting; see " + log);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  return code == 0 ? kExitInternal : static_cast<ExitCode>(code);
}

}  // namespace

void StartReport::ready(const std::string& message) { send("0\n" + message); }

ExitCode StartReport::failed(ExitCode code, const std::string& message, Diagnostics& diagnostics) {
  send(std::to_string(code) + "\n" + message);
  diagnostics.error(message);  // in the background: into the log
  return code;
}

void StartReport::send(const std::string& text) {
  if (!is_detached_ || !pipe_) return;
  // Far less than a pipe holds, so it is written in one piece.
  (void)!::write(pipe_.get(), text.data(), text.size());
  pipe_.reset();
}

ExitCode await_start(const OwnedFd& pipe, pid_t child, const std::string& log, Diagnostics& diagnostics) {
  const std::string report = read_to_end(pipe.get());
  const std::size_t end = report.find(kEndOfCode);
  int code = 0;
  if (end == std::string::npos ||
      std::from_chars(report.data(), report.data() + end, code).ec != std::errc()) {
    return await_end(child, log, diagnostics);
  }
  const std::string message = report.substr(end + 1);
  if (code == kExitSuccess) return print(message + "\n", diagnostics);
  diagnostics.error(message);
  return static_cast<ExitCode>(code);
}

}  // namespace vnode
