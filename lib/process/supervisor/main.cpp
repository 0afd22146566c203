// The program `vnode-supervisor`: two processes, the supervisor and its keeper (rules.md, "Processes").
// Command line: CONTROL_FD VNODE_PID GRACE_MS MARK. Nothing of vnode's environment is in its own.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "process/supervisor/tree_keeper.h"

namespace vnode {
namespace {

/// More than any process is given, so that descriptors that arrive are never in each other's place.
constexpr int kFirstFree = static_cast<int>(wire::kMostDescriptors) + 2;
constexpr int kExitClean = 0;
constexpr int kExitUsage = 64;
constexpr int kExitLeft = 3;

struct Settings {
  int control = -1;
  pid_t vnode = 0;
  std::uint64_t grace_ms = 0;
  std::string mark;
};

void hold_low_numbers() {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int number = 0; number < kFirstFree; ++number) {
    if (number != null) ::dup3(null, number, number > 2 ? O_CLOEXEC : 0);
  }
  if (null >= kFirstFree) ::close(null);
}

/// All, so that none ends this process but by force; it looks for those it cares about.
int block_signals() {
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  sigset_t heard;
  sigemptyset(&heard);
  sigaddset(&heard, SIGCHLD);
  sigaddset(&heard, SIGUSR1);
  return ::signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// The C library has its own two ignored in what it spawns, and does not let go of them; programs with
/// another C library would inherit that.
void reset_hidden_signals() {
  const unsigned long standard[8] = {};  // what the kernel calls a sigaction
  for (const int number : {32, 33}) (void)::syscall(SYS_rt_sigaction, number, standard, nullptr, 8);
}

void drain(int signals) {
  signalfd_siginfo info[16];
  while (::read(signals, info, sizeof info) > 0) continue;
}

int timeout_of(const TreeKeeper& trees) {
  const std::optional<TreeKeeper::Time> next = trees.next_tick();
  if (!next) return -1;
  const TreeKeeper::Time left = *next - TreeKeeper::now();
  return left < 0 ? 0 : left > 60'000 ? 60'000 : static_cast<int>(left);
}

int end_of(const TreeKeeper& trees) { return trees.is_empty() ? kExitClean : kExitLeft; }

bool is_over(const TreeKeeper& trees) {
  return trees.is_ending() && (trees.is_empty() || trees.is_hopeless());
}

int supervise(const Settings& settings, pid_t keeper) {
  ::prctl(PR_SET_NAME, "vnode-superviso");
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_PDEATHSIG, SIGUSR1);
  const int signals = block_signals();
  // A process that vnode has forked may hold the socket's other end, so that its closing tells nothing.
  const int vnode = static_cast<int>(::syscall(SYS_pidfd_open, settings.vnode, 0));
  ControlChannel control(settings.control);
  TreeKeeper trees(control, settings.mark);
  pollfd watched[] = {{settings.control, POLLIN, 0}, {signals, POLLIN, 0}, {vnode, POLLIN, 0}};
  auto abandon = [&, is_abandoned = false]() mutable {
    if (!std::exchange(is_abandoned, true)) trees.end_all(settings.grace_ms);
  };
  while (!is_over(trees)) {
    if (::getppid() != keeper) abandon();
    watched[0].events = static_cast<short>(POLLIN | (control.has_unsent() ? POLLOUT : 0));
    if (::poll(watched, 3, timeout_of(trees)) < 0 && errno != EINTR) return kExitUsage;
    if (watched[1].revents != 0) drain(signals);
    if (watched[2].revents != 0) {
      watched[2].fd = -1;
      abandon();
    }
    if (watched[1].revents != 0) trees.reap();
    if (watched[0].revents & ~POLLOUT) {
      const bool is_open = control.read();
      ControlChannel::Frame frame;
      while (control.next(frame)) trees.handle(frame);
      if (!is_open) {
        watched[0].fd = -1;
        abandon();
      }
    }
    if (!is_over(trees)) trees.tick();  // which looks at all that there is
    control.flush();
  }
  if (trees.is_empty()) control.send({0, wire::Kind::kAllGone, 0, 0}, {});
  control.flush();
  return end_of(trees);
}

/// Waits for the supervisor. When that was ended by force, what it held has become this process's, and is
/// ended.
int keep(const Settings& settings, pid_t supervisor) {
  ::prctl(PR_SET_NAME, "run-keeper");
  ::close(settings.control);
  int status = 0;
  while (::waitpid(supervisor, &status, 0) < 0 && errno == EINTR) continue;
  ControlChannel nobody(-1);
  TreeKeeper trees(nobody, settings.mark);
  trees.reap();
  if (trees.is_empty()) return kExitClean;
  const int signals = block_signals();
  trees.end_all(WIFSIGNALED(status) ? settings.grace_ms : 0);
  pollfd watched{signals, POLLIN, 0};
  while (!is_over(trees)) {
    trees.tick();
    if (is_over(trees)) break;
    ::poll(&watched, 1, timeout_of(trees));
    drain(signals);
    trees.reap();
  }
  return end_of(trees);
}

int run(const Settings& settings) {
  hold_low_numbers();
  ::fcntl(settings.control, F_SETFD, FD_CLOEXEC);
  ::close(settings.control + 1);                       // this program
  ::fcntl(settings.control + 2, F_SETFD, FD_CLOEXEC);  // what is held for vnode, if something is
  reset_hidden_signals();
  (void)!::chdir("/");  // a folder may be removed, and a disk taken away, while it runs
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  block_signals();
  const pid_t keeper = ::getpid();
  const pid_t supervisor = ::fork();
  if (supervisor == 0) return supervise(settings, keeper);
  return supervisor < 0 ? kExitUsage : keep(settings, supervisor);
}

}  // namespace
}  // namespace vnode

int main(int count, char** words) {
  if (count != 5) return vnode::kExitUsage;
  vnode::Settings settings{std::atoi(words[1]), std::atoi(words[2]), std::strtoull(words[3], nullptr, 10),
                           words[4]};
  return vnode::run(settings);
}
