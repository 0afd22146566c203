#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace vnode {

/// A host as its supervisor knows it.
using HostNumber = int;

/// The hosts of one supervisor, and who wants to know about their end.
/// Thread rule: any thread; `set_exited` and `end_all`: one thread.
class HostTable {
 public:
  /// `on_exit` is called once, by `set_exited` or `end_all`.
  HostNumber add(std::function<void()> on_exit);
  void set_forked(HostNumber host, pid_t pid);
  void set_exited(HostNumber host, int status);
  /// All that have not exited have now, with that status.
  void end_all(int status);

  /// Has any host not exited, forked or not?
  bool has_running() const;
  /// The processes that were forked and have not exited.
  std::vector<pid_t> running_processes() const;
  /// nullopt as long as it runs, and for a host that is not known or forgotten.
  std::optional<int> exit_status(HostNumber host) const;
  /// When this returns, its `on_exit` neither runs nor will run; called by that very `on_exit`, it does not
  /// wait. A host that runs still counts as a running process.
  void forget(HostNumber host);

 private:
  struct Host {
    std::function<void()> on_exit;
    pid_t pid = 0;
    std::optional<int> status;
    bool is_forgotten = false;  ///< kept until it has exited
  };

  mutable std::mutex mutex_;
  std::map<HostNumber, Host> hosts_;
  HostNumber last_ = 0;
  HostNumber called_ = 0;  ///< whose `on_exit` is running
  std::thread::id calling_thread_;
  std::condition_variable call_ended_;
};

}  // namespace vnode
