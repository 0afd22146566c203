#include "process/run_processes.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>
#include <string_view>
#include <vector>

#include "process/supervisor_link.h"

namespace vnode {
namespace {

/// That die one after the other before they have taken a process.
constexpr int kMostSupervisors = 5;
/// Beyond twice the grace period: a supervisor that does not answer is ended by force, and then its keeper
/// gives grace.
constexpr std::chrono::seconds kEndPatience(15);

wire::StartHead head_of(const ProcessStart& start) {
  wire::StartHead head{};
  head.flags = (start.input ? wire::kHasInput : 0u) | (start.keeps_remains ? wire::kKeepsRemains : 0u) |
               (start.is_spared ? wire::kSparesRoot : 0u);
  head.words = static_cast<std::uint32_t>(start.words.size());
  head.variables = static_cast<std::uint32_t>(start.environment.size());
  head.nice = start.limits.nice;
  head.address_space = start.limits.address_space.value_or(wire::kNoLimit);
  head.open_files = start.limits.open_files.value_or(wire::kNoLimit);
  head.memory = start.limits.memory.value_or(wire::kNoLimit);
  head.cpu_seconds =
      start.limits.cpu_time
          ? static_cast<std::uint64_t>(std::max<std::int64_t>(start.limits.cpu_time->count(), 0))
          : wire::kNoLimit;
  head.grace_ms = static_cast<std::uint64_t>(
      std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(start.grace).count(), 0));
  return head;
}

Error bad_value(const std::string& message) { return {ErrorCode::kInvalidValue, message}; }

Result<std::string> absolute_directory(const std::string& directory) {
  if (directory.starts_with('/')) return directory;
  std::array<char, 4096> own;
  if (!::getcwd(own.data(), own.size())) {
    return Error{ErrorCode::kNotFound, "the working directory is gone"};
  }
  return directory.empty() ? std::string(own.data()) : std::string(own.data()) + "/" + directory;
}

/// The texts of a kStart.
Result<std::string> texts_of(const ProcessStart& start) {
  if (start.words.empty() || start.words.front().empty()) return bad_value("the command is empty");
  Result<std::string> texts = absolute_directory(start.directory);
  if (!texts) return texts;
  if (texts->find('\0') != std::string::npos) return bad_value("the working directory has a NUL in it");
  *texts += '\0';
  for (const auto* list : {&start.words, &start.environment}) {
    for (const std::string& text : *list) {
      if (text.find('\0') != std::string::npos) {
        return bad_value(list == &start.words ? "a word of the command has a NUL in it"
                                              : "a variable of the environment has a NUL in it");
      }
      texts->append(text).push_back('\0');
    }
  }
  if (texts->size() > wire::kMostPayload - sizeof(wire::StartHead)) {
    return bad_value("the command and its environment are longer than any system takes");
  }
  return texts;
}

}  // namespace

struct RunProcesses::State {
  State(FdWatcher& fd_watcher, Duration period, int descriptor)
      : watcher(fd_watcher), grace(period), held(descriptor) {}

  Result<SupervisorLink*> usable_link();
  std::vector<std::shared_ptr<SupervisorLink>> all_links();

  FdWatcher& watcher;
  const Duration grace;
  int held;  ///< with the lock
  std::mutex mutex;
  /// The last one is in use; the others have died, and wait for the end of what they held.
  std::vector<std::shared_ptr<SupervisorLink>> links;
  ProcessNumber last = 0;
  bool is_ending = false;
  bool is_frozen = false;
};

/// With the lock.
Result<SupervisorLink*> RunProcesses::State::usable_link() {
  if (is_ending) return Error{ErrorCode::kUnavailable, "the run is being ended"};
  if (links.empty() || !links.back()->is_usable()) {
    Result<std::unique_ptr<SupervisorLink>> link = SupervisorLink::start(watcher, grace, held);
    if (!link) return link.error();
    links.push_back(std::move(*link));
    if (is_frozen) links.back()->freeze();
  }
  return links.back().get();
}

std::vector<std::shared_ptr<SupervisorLink>> RunProcesses::State::all_links() {
  const std::lock_guard lock(mutex);
  return links;
}

RunProcesses::RunProcesses(FdWatcher& watcher, Duration grace, int held)
    : state_(std::make_unique<State>(watcher, grace, held)) {}

RunProcesses::~RunProcesses() {
  end(state_->grace);
  wait_until_gone(2 * state_->grace + kEndPatience);
}

Result<ProcessNumber> RunProcesses::start(ProcessStart start, OnEnd on_end, OnExit on_exit) {
  Result<std::string> texts = texts_of(start);
  if (!texts) return texts.error();
  const wire::StartHead head = head_of(start);
  std::vector<int> descriptors;
  if (start.input) descriptors.push_back(start.input.release());
  for (OwnedFd& output : start.outputs) descriptors.push_back(output.release());
  const auto close_all = [&] {
    for (const int descriptor : descriptors) ::close(descriptor);
  };
  if (descriptors.size() > wire::kMostDescriptors) {
    close_all();
    return Error{ErrorCode::kInternal, "a process is given more descriptors than it may"};
  }
  const std::lock_guard lock(state_->mutex);
  const ProcessNumber number = ++state_->last;
  for (int i = 0; i < kMostSupervisors; ++i) {
    Result<SupervisorLink*> link = state_->usable_link();
    if (!link) {
      close_all();
      return link.error();
    }
    if ((*link)->start_process(number, head, *texts, descriptors, start.words.front(), on_end, on_exit))
      return number;
  }
  close_all();
  return Error{ErrorCode::kUnavailable,
               "the supervisor of this run's processes dies each time that it is started"};
}

void RunProcesses::stop(ProcessNumber process, Duration grace) {
  for (const auto& link : state_->all_links()) link->stop(process, grace);
}

void RunProcesses::stop_descendants(ProcessNumber process, Duration grace) {
  for (const auto& link : state_->all_links()) link->stop_descendants(process, grace);
}

void RunProcesses::stop_marked(ProcessNumber process, const std::string& entry, Duration grace) {
  for (const auto& link : state_->all_links()) link->stop_marked(process, entry, grace);
}

void RunProcesses::signal(ProcessNumber process, int number) {
  for (const auto& link : state_->all_links()) link->signal(process, number);
}

void RunProcesses::set_main(ProcessNumber process, pid_t main) {
  for (const auto& link : state_->all_links()) link->set_main(process, main);
}

void RunProcesses::freeze() {
  const std::lock_guard lock(state_->mutex);
  state_->is_frozen = true;
  for (const auto& link : state_->links) link->freeze();
}

void RunProcesses::thaw() {
  const std::lock_guard lock(state_->mutex);
  state_->is_frozen = false;
  for (const auto& link : state_->links) link->thaw();
}

void RunProcesses::hold(int descriptor) {
  const std::lock_guard lock(state_->mutex);
  state_->held = descriptor;
  for (const auto& link : state_->links) link->hold(descriptor);
}

void RunProcesses::end(Duration grace) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_ending = true;
  }
  for (const auto& link : state_->all_links()) link->end(grace);
}

bool RunProcesses::wait_until_gone(Duration time) {
  const auto until = std::chrono::steady_clock::now() + time;
  bool are_gone = true;
  for (const auto& link : state_->all_links()) {
    are_gone = link->wait(std::max(until - std::chrono::steady_clock::now(), Duration::zero())) && are_gone;
  }
  return are_gone;
}

void RunProcesses::warm_up() {
  const std::lock_guard lock(state_->mutex);
  (void)state_->usable_link().ok();
}

}  // namespace vnode
