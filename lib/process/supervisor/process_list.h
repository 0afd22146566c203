#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace vnode {

/// A process as the system shows it.
struct ProcessInfo {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  std::uint64_t started =
      0;  ///< in ticks since the machine's start; with `pid` it tells a process from all others
  std::uint64_t resident = 0;  ///< bytes
  bool has_ended = false;      ///< nobody has waited for it yet
  bool is_stopped = false;     ///< by SIGSTOP or the like
};

/// The ticks of now, as in `ProcessInfo::started`, rounded down.
std::uint64_t ticks_now();

/// All processes that can be seen. New ones may come while it looks: what has to be complete is asked for
/// again.
std::vector<ProcessInfo> all_processes();
std::optional<ProcessInfo> process_info(pid_t pid);

/// Its children, ended ones included, as the kernel keeps them; nullopt where the kernel does not tell.
/// Reliable for the caller's own, as nobody else takes any away.
class OwnChildren {
 public:
  OwnChildren();
  ~OwnChildren();
  OwnChildren(const OwnChildren&) = delete;
  /// Valid until the next call.
  const std::vector<pid_t>& now();

 private:
  int file_;
  std::vector<pid_t> children_;
};

/// The number behind that beginning of an entry ("NAME=VALUE-") in the environment that it was started with;
/// 0: none.
int number_in_environment(pid_t pid, std::string_view prefix);

/// It was started with that entry ("NAME=VALUE") in its environment.
bool has_in_environment(pid_t pid, std::string_view entry);

/// Sends the signal if that is still the same process, else not.
void send_signal(const ProcessInfo& process, int number);

}  // namespace vnode
