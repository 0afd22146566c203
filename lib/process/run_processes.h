#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>

#include "async/fd_watcher.h"
#include "process/process_start.h"

namespace vnode {

/// What a started process is known by; never 0, and not used again.
using ProcessNumber = int;

/// All processes of a run: started, watched, stopped and confirmed gone (rules.md). They live in a supervisor
/// of their own, which is started with the first of them, and again should it die. Nothing is left of them,
/// or of what they have started, when this object is gone or this program is, however it ended.
///
/// Thread rule: any thread; the destructor: not the watcher's. The watcher must outlive it.
class RunProcesses {
 public:
  using OnEnd = std::function<void(const ProcessEnd&)>;
  using OnExit = OnEnd;

  /// `grace`: what the processes get when this program has died, or `end` is not called. `held`: a
  /// descriptor of which the supervisor keeps a copy, so that a lock lasts as long as anything of the run;
  /// -1: none. It is open as long as this object.
  RunProcesses(FdWatcher& watcher, Duration grace, int held = -1);
  RunProcesses(const RunProcesses&) = delete;
  /// Ends what is left, and waits for that: the grace period, and if even the supervisor hangs, once more and
  /// a few seconds.
  ~RunProcesses();

  /// Starts it, and does not wait for that. `on_end` is called once, on the watcher's thread, when the
  /// process has ended and is gone, or could not be started; it may start others. `on_exit` is called once as
  /// well, before that: as soon as the process itself has ended, whatever goes on of what it has started, or
  /// is lost with its supervisor. Errors, without a call: kInvalidValue (no words, a NUL in a text, more than
  /// the system takes), kNotFound (the caller's directory is gone), kUnavailable, kIo.
  Result<ProcessNumber> start(ProcessStart start, OnEnd on_end, OnExit on_exit = nullptr);

  /// SIGTERM to the process and all that it has started, SIGCONT for what is stopped, and after `grace`
  /// SIGKILL to what is left; then `on_end`. Again with a shorter time: that one counts. Nothing happens if
  /// it has ended.
  void stop(ProcessNumber process, Duration grace);
  /// SIGTERM and SIGCONT to all that it has started, without itself. They have the grace period from now on:
  /// when the process ends, or is stopped, they get no second SIGTERM and no more time.
  void stop_descendants(ProcessNumber process, Duration grace);
  /// SIGTERM and SIGCONT to what it has started so far that has the entry ("NAME=VALUE") in the environment
  /// that it was started with; after `grace` SIGKILL to those that are left. Others go on.
  void stop_marked(ProcessNumber process, const std::string& entry, Duration grace);
  /// To the process itself.
  void signal(ProcessNumber process, int number);
  /// The process is a launcher, which has started that one below it as the program that was meant: signals go
  /// to that one, and it counts as the process itself, with all that leads to it. Nothing happens when it is
  /// not below the process.
  void set_main(ProcessNumber process, pid_t main);

  /// SIGSTOP to everything, also to what is started from now on, but for what is being ended; does not wait
  /// for that.
  void freeze();
  /// SIGCONT to what that has stopped.
  void thaw();
  /// A copy of that descriptor is kept until the last of them is gone, as of one that was given at the start.
  void hold(int descriptor);

  /// Stops everything, what no process owns included; nothing can be started after that.
  void end(Duration grace);
  /// Waits until nothing is left. False when it still is after that time.
  bool wait_until_gone(Duration time);
  /// Has the supervisor started before the first process needs it.
  void warm_up();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vnode
