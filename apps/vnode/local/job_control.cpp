#include "apps/vnode/local/job_control.h"

#include <pthread.h>

#include <csignal>
#include <utility>

#include "apps/vnode/terminal/key_mode.h"

namespace vnode {
namespace {

/// A run that is busy, or whose reader takes nothing, does not keep the program from stopping.
constexpr auto kPausePatience = std::chrono::seconds(1);

bool is_pending(int signal) {
  sigset_t pending;
  sigemptyset(&pending);
  return ::sigpending(&pending) == 0 && sigismember(&pending, signal) == 1;
}

/// As without a watcher of signals. False when the system has thrown the signal away: it does where no shell
/// would continue the program.
bool stop_this_program() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);
  ::raise(SIGTSTP);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  return is_pending(SIGCONT);  // what has continued it, which is taken next
}

}  // namespace

void JobControl::on_event(const Event& event) {
  sink_.on_event(event);
  const bool is_paused = std::holds_alternative<ExecutionPaused>(event.body);
  if (!is_paused && !std::holds_alternative<ExecutionUnpaused>(event.body)) return;
  const std::lock_guard lock(mutex_);
  is_paused_ = is_paused;
  is_told_ = false;
}

void JobControl::flush() {
  sink_.flush();
  const std::lock_guard lock(mutex_);
  if (std::exchange(is_told_, is_paused_) == is_paused_) return;
  changed_.notify_all();
}

void JobControl::wait_until_told() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPausePatience, [this] { return is_told_; });
}

void JobControl::stop() {
  if (!paused_since_) paused_since_ = std::chrono::steady_clock::now();
  if (run_.pause(RunPause::kStop)) wait_until_told();
  if (is_pending(SIGCONT)) return;  // taken back: stopping would make the system forget that
  if (!stop_this_program() && is_in_foreground()) go_on();
}

void JobControl::go_on() {
  if (!paused_since_) return;
  run_.pause(RunPause::kNone);
  on_continued_(std::chrono::steady_clock::now() - *std::exchange(paused_since_, std::nullopt));
}

}  // namespace vnode
