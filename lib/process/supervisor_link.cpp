#include "process/supervisor_link.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "process/supervisor/process_list.h"
#include "process/supervisor_program.h"

namespace vnode {
namespace {

using Readiness = FdWatcher::Readiness;

/// The supervisor holds lower numbers for what it starts.
constexpr int kControlNumber = static_cast<int>(wire::kMostDescriptors) + 2;
constexpr int kProgramNumber = kControlNumber + 1;  ///< which the supervisor closes
constexpr int kHeldNumber = kProgramNumber + 1;     ///< which it keeps to its end, if it is there

/// Beyond a grace period: for what gets SIGKILL then, and for the supervisor to say so.
constexpr std::chrono::seconds kPatience(7);

SteadyTime due_after(Duration grace) {
  constexpr Duration kLongest = std::chrono::hours(24 * 365);
  return std::chrono::steady_clock::now() + std::min(grace, kLongest) + kPatience;
}

std::uint64_t milliseconds(Duration time) {
  const auto count = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  return count > 0 ? static_cast<std::uint64_t>(count) : 0;
}

/// Unique on this machine, as long as something that carries it may be there.
std::string new_mark() {
  static std::atomic<unsigned> last = 0;
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  return "VNODE_PROCESS=" + std::to_string(::getpid()) + "." + std::to_string(now) + "." +
         std::to_string(++last) + "-";
}

template <class Head>
Head payload_of(const ControlChannel::Frame& frame) {
  Head head{};
  if (frame.payload.size() >= sizeof head) std::memcpy(&head, frame.payload.data(), sizeof head);
  return head;
}

Error start_failure(const std::string& program, const wire::FailedHead& failure) {
  const std::string reason = std::generic_category().message(failure.error);
  const bool is_missing = failure.error == ENOENT || failure.error == ENOTDIR;
  const bool is_refused = failure.error == EACCES;
  const ErrorCode code = is_missing   ? ErrorCode::kNotFound
                         : is_refused ? ErrorCode::kUnreadable
                                      : ErrorCode::kUnavailable;
  switch (failure.step) {
    case wire::Step::kExecute:
      if (is_missing) return {code, "no such program: " + program};
      return {code, "cannot execute " + program + ": " + reason};
    case wire::Step::kDirectory:
      return {code, "cannot start " + program + ": its working directory: " + reason};
    case wire::Step::kNice:
      return {code, "cannot start " + program + ": nice: " + reason};
    case wire::Step::kEnding:
      return {code, "cannot start " + program + ": the run is being ended"};
    default:
      return {ErrorCode::kUnavailable, "cannot start " + program + ": " + reason};
  }
}

/// Both were ended by force, and nobody has taken up what they held: all that carries the mark, and what that
/// has started, gets SIGKILL, until there is nothing more.
void kill_marked(const std::string& mark) {
  constexpr int kMostRounds = 200;
  for (int round = 0; round < kMostRounds; ++round) {
    std::map<pid_t, ProcessInfo> ours;
    const std::vector<ProcessInfo> processes = all_processes();
    for (const ProcessInfo& process : processes) {
      if (!process.has_ended && number_in_environment(process.pid, mark) != 0)
        ours.emplace(process.pid, process);
    }
    for (std::size_t before = 0; before != ours.size();) {
      before = ours.size();
      for (const ProcessInfo& process : processes) {
        if (!process.has_ended && ours.count(process.parent)) ours.emplace(process.pid, process);
      }
    }
    if (ours.empty()) return;
    for (const auto& [pid, process] : ours) send_signal(process, SIGKILL);
    ::usleep(1000);
  }
}

struct SpawnAttributes {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;

  /// `held`: -1 for none.
  SpawnAttributes(int control, int program, int held) {
    ::posix_spawnattr_init(&attributes);
    sigset_t signals;
    sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes, &signals);
    sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes, &signals);
    ::posix_spawnattr_setflags(&attributes,
                               POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, control, kControlNumber);
    ::posix_spawn_file_actions_adddup2(&actions, program, kProgramNumber);
    if (held >= 0) ::posix_spawn_file_actions_adddup2(&actions, held, kHeldNumber);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, held >= 0 ? kHeldNumber + 1 : kHeldNumber);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  ~SpawnAttributes() {
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
  }
};

/// Its own environment is empty: nothing that is meant for other programs, such as LD_PRELOAD, changes it.
Result<pid_t> spawn_keeper(int control, Duration grace, const std::string& mark, int held) {
  Result<OwnedFd> program = supervisor_file();
  if (!program) return program.error();
  // Out of the way of the numbers that are given.
  const OwnedFd own_control(::fcntl(control, F_DUPFD_CLOEXEC, kHeldNumber + 1));
  const OwnedFd own_program(::fcntl(program->get(), F_DUPFD_CLOEXEC, kHeldNumber + 1));
  const OwnedFd own_held(held >= 0 ? ::fcntl(held, F_DUPFD_CLOEXEC, kHeldNumber + 1) : -1);
  if (!own_control || !own_program || (held >= 0 && !own_held))
    return io_error("cannot start the supervisor of processes", errno);
  const std::string path = "/proc/self/fd/" + std::to_string(kProgramNumber);
  std::array<std::string, 5> words{"run-keeper", std::to_string(kControlNumber), std::to_string(::getpid()),
                                   std::to_string(milliseconds(grace)), mark};
  std::array<char*, 6> arguments{};
  for (std::size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
  std::array<char*, 1> environment{};
  const SpawnAttributes spawn(own_control.get(), own_program.get(), own_held.get());
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, path.c_str(), &spawn.actions, &spawn.attributes, arguments.data(),
                                  environment.data());
  if (error != 0) return io_error("cannot start the supervisor of processes", error);
  return pid;
}

}  // namespace

SupervisorLink::SupervisorLink(FdWatcher& watcher, Parts parts)
    : watcher_(watcher), parts_(std::move(parts)), channel_(parts_.control.get()) {}

Result<std::unique_ptr<SupervisorLink>> SupervisorLink::start(FdWatcher& watcher, Duration grace, int held) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
    return io_error("cannot start the supervisor of processes", errno);
  const OwnedFd far_control(ends[1]);
  Parts parts{.control = OwnedFd(ends[0]),
              .timer = OwnedFd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
              .mark = new_mark()};
  if (!parts.timer) return io_error("cannot start the supervisor of processes", errno);
  Result<pid_t> keeper = spawn_keeper(far_control.get(), grace, parts.mark, held);
  if (!keeper) return keeper.error();
  parts.keeper = *keeper;
  parts.keeper_fd = OwnedFd(static_cast<int>(::syscall(SYS_pidfd_open, *keeper, 0)));
  const int error = errno;
  if (!parts.keeper_fd) {
    ::kill(*keeper,
           SIGKILL);  // not waited for, so still itself; the supervisor ends when the socket is closed
    ::waitpid(*keeper, nullptr, 0);
    return io_error("cannot watch the supervisor of processes", error);
  }
  std::unique_ptr<SupervisorLink> link(new SupervisorLink(watcher, std::move(parts)));
  try {
    link->watch_all();
  } catch (const std::system_error& failure) {  // no thread to be had
    link->is_over_ = true;
    ::kill(*keeper, SIGKILL);
    ::waitpid(*keeper, nullptr, 0);
    return Error{ErrorCode::kUnavailable, failure.what()};
  }
  return link;
}

SupervisorLink::~SupervisorLink() {
  end(Duration::zero());
  wait(3 * kPatience);
  {
    const std::lock_guard lock(mutex_);
    is_being_destroyed_ = true;
  }
  for (const OwnedFd* fd : {&parts_.control, &parts_.keeper_fd, &parts_.timer}) {
    if (*fd) watcher_.forget(fd->get());
  }
  Calls calls;
  {
    const std::lock_guard lock(mutex_);
    finish(calls);
  }
  make(calls);
}

void SupervisorLink::watch_all() {
  const std::lock_guard lock(mutex_);
  watch_control();
  watcher_.watch(parts_.keeper_fd.get(), Readiness::kReadable, [this] { on_keeper_end(); });
  watcher_.watch(parts_.timer.get(), Readiness::kReadable, [this] { on_timer(); });
}

/// With the lock.
void SupervisorLink::watch_control() {
  if (is_closed_) return;
  const Readiness readiness = channel_.has_unsent() ? Readiness::kBoth : Readiness::kReadable;
  watcher_.watch(parts_.control.get(), readiness, [this] { on_control(); });
}

/// With the lock.
void SupervisorLink::flush() {
  channel_.flush();
  if (channel_.has_unsent()) watch_control();
}

// ---- requests

bool SupervisorLink::start_process(int number, wire::StartHead head, const std::string& texts,
                                   std::vector<int>& descriptors, const std::string& program, OnEnd& on_end,
                                   OnEnd& on_exit) {
  std::string payload(reinterpret_cast<const char*>(&head), sizeof head);
  payload += texts;
  const std::lock_guard lock(mutex_);
  if (!can_start()) return false;  // whoever has died has been told of already: nobody would tell of this one
  processes_.emplace(number, Process{program, std::move(on_end), std::move(on_exit)});
  channel_.send({0, wire::Kind::kStart, 0, number}, payload, std::exchange(descriptors, {}));
  flush();
  return true;
}

void SupervisorLink::stop(int number, Duration grace) {
  const std::lock_guard lock(mutex_);
  const auto found = processes_.find(number);
  if (found == processes_.end()) return;
  const SteadyTime due = due_after(grace);
  found->second.due = std::min(found->second.due.value_or(due), due);
  set_timer();
  channel_.send(wire::Kind::kStop, number, wire::StopHead{milliseconds(grace)});
  flush();
}

void SupervisorLink::stop_descendants(int number, Duration grace) {
  const std::lock_guard lock(mutex_);
  if (!processes_.count(number)) return;
  channel_.send(wire::Kind::kStopDescendants, number, wire::StopHead{milliseconds(grace)});
  flush();
}

void SupervisorLink::stop_marked(int number, const std::string& entry, Duration grace) {
  const std::lock_guard lock(mutex_);
  if (!processes_.count(number)) return;
  const wire::StopHead head{milliseconds(grace)};
  const std::string payload = std::string(reinterpret_cast<const char*>(&head), sizeof head) + entry;
  channel_.send({0, wire::Kind::kStopMarked, 0, number}, payload);
  flush();
}

void SupervisorLink::signal(int number, int signal_number) {
  const std::lock_guard lock(mutex_);
  if (!processes_.count(number)) return;
  channel_.send(wire::Kind::kSignal, number, wire::SignalHead{signal_number});
  flush();
}

void SupervisorLink::set_main(int number, pid_t pid) {
  const std::lock_guard lock(mutex_);
  if (!processes_.count(number)) return;
  channel_.send(wire::Kind::kSetMain, number, wire::MainHead{pid});
  flush();
}

void SupervisorLink::freeze() { send_plain(wire::Kind::kFreeze); }
void SupervisorLink::thaw() { send_plain(wire::Kind::kThaw); }

void SupervisorLink::hold(int descriptor) {
  const std::lock_guard lock(mutex_);
  const int copy = is_closed_ || is_over_ ? -1 : ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return;
  channel_.send({0, wire::Kind::kHold, 0, 0}, {}, {copy});
  flush();
}

void SupervisorLink::send_plain(wire::Kind kind) {
  const std::lock_guard lock(mutex_);
  if (is_closed_ || is_over_) return;
  channel_.send({0, kind, 0, 0}, {});
  flush();
}

void SupervisorLink::end(Duration grace) {
  const std::lock_guard lock(mutex_);
  if (is_over_) return;
  is_ending_ = true;
  const SteadyTime due = due_after(grace);
  end_due_ = std::min(end_due_.value_or(due), due);
  set_timer();
  channel_.send(wire::Kind::kEnd, 0, wire::StopHead{milliseconds(grace)});
  flush();
}

bool SupervisorLink::wait(Duration time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [this] { return is_over_; });
}

bool SupervisorLink::is_usable() const {
  const std::lock_guard lock(mutex_);
  return can_start();
}

bool SupervisorLink::is_over() const {
  const std::lock_guard lock(mutex_);
  return is_over_;
}

// ---- when it does not answer

/// With the lock.
void SupervisorLink::set_timer() {
  std::optional<SteadyTime> next = end_due_;
  for (const auto& [number, process] : processes_) {
    if (process.due) next = std::min(next.value_or(*process.due), *process.due);
  }
  itimerspec time{};
  if (next) {
    const auto since = next->time_since_epoch();  // of the same clock
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    time.it_value = {static_cast<std::time_t>(seconds.count()), static_cast<long>((since - seconds).count())};
  }
  ::timerfd_settime(parts_.timer.get(), TFD_TIMER_ABSTIME, &time, nullptr);
}

/// The supervisor should have been ready with something long ago: somebody has stopped it, or the system does
/// not let it go on.
void SupervisorLink::on_timer() {
  std::uint64_t times = 0;
  (void)!::read(parts_.timer.get(), &times, sizeof times);
  const std::lock_guard lock(mutex_);
  const SteadyTime now = std::chrono::steady_clock::now();
  bool is_due = end_due_ && *end_due_ <= now;
  if (is_due) end_due_.reset();
  for (auto& [number, process] : processes_) {
    if (!process.due || *process.due > now) continue;
    is_due = true;
    process.due.reset();
  }
  if (is_due && !is_over_) force();
  set_timer();
  watcher_.watch(parts_.timer.get(), Readiness::kReadable, [this] { on_timer(); });
}

/// The keeper takes over. It has not been waited for, so that its number is its own; the supervisor is its
/// only child.
void SupervisorLink::force() const {
  if (keeper_status_) return;
  for (const ProcessInfo& process : all_processes()) {
    if (process.parent == parts_.keeper) send_signal(process, SIGKILL);
  }
  ::kill(parts_.keeper, SIGCONT);
}

// ---- what the supervisor says, on the watcher's thread

void SupervisorLink::on_control() {
  Calls calls;
  {
    const std::lock_guard lock(mutex_);
    read_frames(calls);
    channel_.flush();
    watch_control();
    if (is_closed_ && keeper_status_) finish(calls);
  }
  make(calls);
  close_when_over();
}

/// With the lock.
void SupervisorLink::read_frames(Calls& calls) {
  if (is_closed_) return;
  is_closed_ = !channel_.read();
  ControlChannel::Frame frame;
  while (channel_.next(frame)) take(frame, calls);
  if (is_closed_) lose_processes(calls);
}

/// With the lock.
void SupervisorLink::take(const ControlChannel::Frame& frame, Calls& calls) {
  are_all_gone_ = are_all_gone_ || frame.head.kind == wire::Kind::kAllGone;
  const auto found = processes_.find(frame.head.process);
  if (found == processes_.end()) return;
  Process& process = found->second;
  switch (frame.head.kind) {
    case wire::Kind::kExited: {
      const auto head = payload_of<wire::ExitedHead>(frame);
      process.end.code = head.code;
      process.end.pid = head.pid;
      process.end.user_time = std::chrono::microseconds(head.user_us);
      process.end.system_time = std::chrono::microseconds(head.system_us);
      process.end.most_resident = head.most_resident;
      return tell_exit(process, calls);
    }
    case wire::Kind::kFailed:
      process.end.error = start_failure(process.program, payload_of<wire::FailedHead>(frame));
      break;
    case wire::Kind::kGone: {
      const auto head = payload_of<wire::GoneHead>(frame);
      process.end.left = head.left;
      process.end.reason = head.reason == wire::Reason::kMemory    ? ProcessStop::kMemory
                           : head.reason == wire::Reason::kStopped ? ProcessStop::kStopped
                                                                   : ProcessStop::kNone;
      break;
    }
    default:
      return;
  }
  tell_end(std::move(processes_.extract(found).mapped()), calls);
}

void SupervisorLink::on_keeper_end() {
  Calls calls;
  {
    const std::lock_guard lock(mutex_);
    siginfo_t info{};
    // Somebody else in this program may have waited for it: then how it ended is not known.
    const bool is_known = ::waitid(P_PID, static_cast<id_t>(parts_.keeper), &info, WEXITED | WNOHANG) == 0;
    keeper_status_ = is_known && info.si_code == CLD_EXITED ? info.si_status : -SIGKILL;
    are_all_gone_ = are_all_gone_ || keeper_status_ == 0;
    read_frames(calls);  // the last ends
    lose_processes(calls);
    if (is_closed_) finish(calls);
  }
  make(calls);
  close_when_over();
}

/// With the lock: the supervisor or its keeper has died. The other one ends what they held.
void SupervisorLink::lose_processes(Calls& calls) {
  for (auto& [number, process] : processes_) {
    process.end.is_lost = true;
    process.end.error =
        Error{ErrorCode::kUnavailable,
              process.program + " was ended: the supervisor of this run's processes has died"};
    tell_exit(process, calls);
  }
}

/// With the lock: both have ended.
void SupervisorLink::finish(Calls& calls) {
  if (is_over_) return;
  if (!are_all_gone_) kill_marked(parts_.mark);
  lose_processes(calls);
  for (auto& [number, process] : std::exchange(processes_, {})) tell_end(std::move(process), calls);
  is_over_ = true;
  changed_.notify_all();
}

/// On the watcher's thread, last of all: whoever is called may watch new descriptors, which must not have the
/// number of one that was forgotten in the same call. A program may see many supervisors end before it lets
/// go of what they were.
void SupervisorLink::close_when_over() {
  const std::lock_guard lock(mutex_);
  if (!is_over_ || is_being_destroyed_) return;
  for (OwnedFd* fd : {&parts_.control, &parts_.keeper_fd, &parts_.timer}) {
    watcher_.forget(fd->get());
    fd->reset();
  }
}

void SupervisorLink::tell_exit(Process& process, Calls& calls) {
  if (OnEnd on_exit = std::exchange(process.on_exit, nullptr)) {
    calls.push_back([on_exit = std::move(on_exit), end = process.end] { on_exit(end); });
  }
}

void SupervisorLink::tell_end(Process process, Calls& calls) {
  tell_exit(process, calls);
  calls.push_back([on_end = std::move(process.on_end), end = std::move(process.end)] { on_end(end); });
}

void SupervisorLink::make(const Calls& calls) {
  for (const std::function<void()>& call : calls) call();
}

}  // namespace vnode
