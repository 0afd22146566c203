#include "process/supervisor/spawn.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace vnode {
namespace {

constexpr std::size_t kStackSize = 64 * 1024;

/// The texts of a payload, one after the other.
class Texts {
 public:
  explicit Texts(std::string_view rest) : rest_(rest) {}
  /// Null when there is no other.
  char* next() {
    const std::size_t end = rest_.find('\0');
    if (end == std::string_view::npos) return nullptr;
    char* const text = const_cast<char*>(rest_.data());
    rest_.remove_prefix(end + 1);
    return text;
  }

 private:
  std::string_view rest_;
};

std::string_view value_of(const std::vector<char*>& environment, std::string_view name,
                          std::string_view otherwise) {
  for (const char* entry : environment) {
    if (!entry) break;
    const std::string_view text(entry);
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=')
      return text.substr(name.size() + 1);
  }
  return otherwise;
}

bool set_limit(int resource, std::uint64_t wanted) {
  if (wanted == wire::kNoLimit) return true;
  rlimit limit{};
  ::getrlimit(static_cast<__rlimit_resource>(resource), &limit);
  const rlim_t most = std::min<rlim_t>(wanted, limit.rlim_max);
  // A second more for CPU time, so that SIGXCPU comes first and can be told from SIGKILL.
  limit.rlim_max = resource == RLIMIT_CPU ? std::min<rlim_t>(most + 1, limit.rlim_max) : most;
  limit.rlim_cur = most;
  return ::setrlimit(static_cast<__rlimit_resource>(resource), &limit) == 0;
}

}  // namespace

SpawnPlan::SpawnPlan(std::string_view payload, std::string extra_variable,
                     const std::vector<int>& descriptors)
    : extra_variable_(std::move(extra_variable)), descriptors_(descriptors) {
  if (payload.size() < sizeof head_) return;
  std::memcpy(&head_, payload.data(), sizeof head_);
  Texts texts(payload.substr(sizeof head_));
  directory_ = texts.next();
  for (std::uint32_t i = 0; i < head_.words; ++i) words_.push_back(texts.next());
  for (std::uint32_t i = 0; i < head_.variables; ++i) environment_.push_back(texts.next());
  environment_.push_back(extra_variable_.data());
  const auto is_missing = [](const char* text) { return text == nullptr; };
  if (!directory_ || words_.empty() || std::any_of(words_.begin(), words_.end(), is_missing) ||
      std::any_of(environment_.begin(), environment_.end(), is_missing)) {
    return;
  }
  words_.push_back(nullptr);
  environment_.push_back(nullptr);
  static char shell[] = "/bin/sh";
  script_words_ = {shell, nullptr};
  script_words_.insert(script_words_.end(), words_.begin() + 1, words_.end());
  find_candidates();
  is_valid_ = true;
}

void SpawnPlan::find_candidates() {
  const std::string name = words_.front();
  if (name.find('/') != std::string::npos) {
    candidates_.push_back(name);
    return;
  }
  std::string_view path = value_of(environment_, "PATH", "/usr/local/bin:/usr/bin:/bin");
  for (;;) {
    const std::size_t end = path.find(':');
    std::string folder(path.substr(0, end));
    if (folder.empty()) folder = ".";  // as the shell has it
    candidates_.push_back(folder + "/" + name);
    if (end == std::string_view::npos) return;
    path.remove_prefix(end + 1);
  }
}

/// In the new process, on a stack of its own but in the memory of the supervisor, which waits.
struct SpawnChild {
  const SpawnPlan& plan;
  wire::FailedHead failure{};

  static int main(void* argument) {
    SpawnChild& child = *static_cast<SpawnChild*>(argument);
    child.become();
    ::_exit(127);
  }

  void fail(wire::Step step) { failure = {step, errno}; }

  void become() {
    ::setsid();
    if (!connect()) return fail(wire::Step::kDescriptors);
    const wire::StartHead& head = plan.head_;
    if (!set_limit(RLIMIT_AS, head.address_space) || !set_limit(RLIMIT_CPU, head.cpu_seconds) ||
        !set_limit(RLIMIT_NOFILE, head.open_files)) {
      return fail(wire::Step::kLimits);
    }
    errno = 0;
    if (head.nice != 0 && ::nice(head.nice) == -1 && errno != 0) return fail(wire::Step::kNice);
    if (*plan.directory_ && ::chdir(plan.directory_) != 0) return fail(wire::Step::kDirectory);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    execute();
    fail(wire::Step::kExecute);
  }

  /// The supervisor holds /dev/null at all low numbers, so that none of these is the place of another.
  bool connect() const {
    int place = plan.head_.flags & wire::kHasInput ? 0 : 1;
    if (place == 1 && ::dup2(0, 0) < 0) return false;
    for (const int descriptor : plan.descriptors_) {
      if (::dup2(descriptor, place++) < 0) return false;
    }
    return true;
  }

  void execute() {
    int error = ENOENT;
    for (const std::string& candidate : plan.candidates_) {
      ::execve(candidate.c_str(), plan.words_.data(), plan.environment_.data());
      if (errno == ENOEXEC) {  // a script without "#!"
        const_cast<SpawnPlan&>(plan).script_words_[1] = const_cast<char*>(candidate.c_str());
        ::execve(plan.script_words_[0], plan.script_words_.data(), plan.environment_.data());
      }
      if (errno == EACCES) {
        error = EACCES;
      } else if (errno != ENOENT && errno != ENOTDIR) {
        error = errno;
        break;
      }
    }
    errno = error;
  }
};

SpawnResult spawn(const SpawnPlan& plan) {
  alignas(16) static std::array<char, kStackSize> stack;
  SpawnChild child{plan};
  SpawnResult result;
  result.pid =
      ::clone(&SpawnChild::main, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | SIGCHLD, &child);
  if (result.pid < 0) {
    result.failure = {wire::Step::kClone, errno};
  } else if (child.failure.error != 0) {
    while (::waitpid(result.pid, nullptr, 0) < 0 && errno == EINTR) continue;
    result.pid = -1;
    result.failure = child.failure;
  }
  return result;
}

}  // namespace vnode
