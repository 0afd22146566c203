#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "async/fd_watcher.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/owned_fd.h"
#include "process/process_start.h"
#include "process/supervisor/control_channel.h"

namespace vnode {

/// One supervisor with its keeper, and the processes that they hold for this program (rules.md, "Processes").
/// Destroying it ends all of them: at once if `end` was not called. Thread rule: any thread; the destructor:
/// not the watcher's. The watcher must outlive it.
class SupervisorLink {
 public:
  using OnEnd = std::function<void(const ProcessEnd&)>;

  /// Starts them; does not wait until they are ready. `grace`: what the processes get when this program is
  /// gone. `held`: a descriptor of which both keep a copy to their ends; -1: none. Errors: kUnavailable, kIo.
  static Result<std::unique_ptr<SupervisorLink>> start(FdWatcher& watcher, Duration grace, int held = -1);
  SupervisorLink(const SupervisorLink&) = delete;
  ~SupervisorLink();

  /// `on_exit` and then `on_end` are called once, on the watcher's thread. `program` is for messages.
  /// False when it is not usable any more: nothing was taken of what was given, and another one is to be
  /// started.
  bool start_process(int number, wire::StartHead head, const std::string& texts,
                     std::vector<int>& descriptors, const std::string& program, OnEnd& on_end,
                     OnEnd& on_exit);
  void stop(int number, Duration grace);
  void stop_descendants(int number, Duration grace);
  void stop_marked(int number, const std::string& entry, Duration grace);
  void signal(int number, int signal_number);
  void set_main(int number, pid_t pid);
  void freeze();
  void thaw();
  /// It keeps a copy of that descriptor to its end, also when it was started without.
  void hold(int descriptor);

  /// Ends all that is left, and then the supervisor; nothing can be started any more.
  void end(Duration grace);
  /// Waits until nothing is left; at most that long. False when something is.
  bool wait(Duration time);

  /// False when it has died, is about to end or has been told to: start another one.
  bool is_usable() const;
  /// It has ended, and so has everything that it held; on the watcher's thread, nothing more will be called.
  bool is_over() const;

 private:
  struct Process {
    std::string program;
    OnEnd on_end;
    OnEnd on_exit;  ///< null once called, or unwanted
    ProcessEnd end = {};
    std::optional<SteadyTime> due = {};  ///< when it was stopped: by then it has to be gone
  };

  /// What is to be called once the lock is free.
  using Calls = std::vector<std::function<void()>>;

  struct Parts {
    OwnedFd control;
    OwnedFd timer;
    OwnedFd keeper_fd;
    pid_t keeper = 0;
    std::string mark;
  };

  SupervisorLink(FdWatcher& watcher, Parts parts);
  void send_plain(wire::Kind kind);
  bool can_start() const { return !is_ending_ && !is_closed_ && !keeper_status_; }  ///< with the lock
  void watch_all();
  void watch_control();
  void flush();
  void on_control();
  void on_keeper_end();
  void on_timer();
  void set_timer();
  void force() const;
  void read_frames(Calls& calls);
  void take(const ControlChannel::Frame& frame, Calls& calls);
  void lose_processes(Calls& calls);
  void finish(Calls& calls);
  void close_when_over();
  static void tell_exit(Process& process, Calls& calls);
  static void tell_end(Process process, Calls& calls);
  static void make(const Calls& calls);

  FdWatcher& watcher_;

  mutable std::mutex mutex_;
  Parts parts_;  ///< what can be closed of it is once it is over
  std::condition_variable changed_;
  ControlChannel channel_;
  std::map<int, Process> processes_;
  bool is_ending_ = false;  ///< it has been told to end
  std::optional<SteadyTime> end_due_;
  bool is_closed_ = false;  ///< the supervisor has ended
  std::optional<int> keeper_status_;
  bool are_all_gone_ = false;  ///< one of the two has said so
  bool is_over_ = false;
  bool is_being_destroyed_ = false;
};

}  // namespace vnode
