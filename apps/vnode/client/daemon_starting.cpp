#include "apps/vnode/client/daemon_starting.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>

#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/terminal/read_to_end.h"
#include "apps/vnode/terminal/terminal.h"
#include "base/owned_fd.h"

namespace vnode {
namespace {

/// How long the daemon of somebody else may take to be there.
constexpr auto kStartPatience = std::chrono::seconds(10);
constexpr auto kStartPause = std::chrono::milliseconds(50);

/// This same program, whatever it is called now.
constexpr const char* kProgram = "/proc/self/exe";

std::vector<std::string> serve_command(const SettingFlags& flags) {
  std::vector<std::string> words = {"vnode", "serve", "--detach"};
  if (!flags.config_file.empty()) words.insert(words.end(), {"--config", flags.config_file});
  for (const std::string_view key : {"socket", "state_dir"}) {
    const auto value = flags.values.find(key);
    if (value == flags.values.end() || !value->second.is_text()) continue;
    words.insert(words.end(),
                 {std::string(find_setting(key).option()), std::string(value->second.as_text())});
  }
  return words;
}

/// What posix_spawn is told: the standard streams, and signals as a new program expects them.
class SpawnSettings {
 public:
  explicit SpawnSettings(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

struct ServeOutcome {
  int exit_code = kExitInternal;
  std::string output;  ///< what it had to say
};

/// Runs it to its end: the daemon itself goes on in the background by then.
ServeOutcome run_serve(const SettingFlags& flags) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {kExitNoDaemon, std::generic_category().message(errno) + "\n"};
  const OwnedFd output(ends[0]);
  OwnedFd input(ends[1]);
  std::vector<std::string> words = serve_command(flags);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  const SpawnSettings settings(input.get());
  const int error =
      ::posix_spawn(&child, kProgram, settings.actions(), settings.attributes(), arguments.data(), environ);
  if (error != 0) return {kExitNoDaemon, std::generic_category().message(error) + "\n"};
  input.reset();
  ServeOutcome outcome;
  outcome.output = read_to_end(output.get());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  return outcome;
}

}  // namespace

ExitCode start_daemon(const SettingFlags& flags, DaemonConnection& connection, Diagnostics& diagnostics) {
  ServeOutcome outcome = run_serve(flags);
  // The code says "there is one already", too: that one may be about to serve.
  const bool may_be_there = outcome.exit_code == kExitSuccess || outcome.exit_code == kExitNoDaemon;
  const SteadyTime until = std::chrono::steady_clock::now() + kStartPatience;
  std::optional<CallError> error = connection.connect();
  while (error && may_be_there && is_passing(*error) && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(kStartPause);
    if (connection.is_interrupted()) return kExitCancelled;
    error = connection.connect();
    // The one that was there may have been ending.
    if (error && outcome.exit_code == kExitNoDaemon) outcome = run_serve(flags);
  }
  if (!error) {
    if (outcome.exit_code == kExitSuccess) write_to_stderr("vnode: " + outcome.output);
    return kExitSuccess;
  }
  write_to_stderr(outcome.output);
  if (outcome.exit_code != kExitSuccess) return static_cast<ExitCode>(outcome.exit_code);
  return report_call_error(*error, "", diagnostics);
}

}  // namespace vnode
