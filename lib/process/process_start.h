#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/owned_fd.h"

namespace vnode {

/// What a process may use (rules.md, rule 7). All but `memory` are limits of the system, of each process by
/// itself.
struct ProcessLimits {
  std::optional<std::uint64_t> address_space;    ///< bytes
  std::optional<std::uint64_t> open_files;       ///< descriptors
  std::optional<std::chrono::seconds> cpu_time;  ///< beyond it: SIGXCPU, and SIGKILL a second later
  int nice = 0;                                  ///< on top of this program's own
  std::optional<std::uint64_t> memory;  ///< resident bytes of the process and all that it has started
};

/// A program to start.
struct ProcessStart {
  std::vector<std::string>
      words;  ///< the program (looked for on the PATH of `environment`) and its arguments
  std::vector<std::string> environment =
      {};                      ///< "NAME=VALUE", all that it gets: child_environment.h makes it
  std::string directory = {};  ///< empty: the calling thread's; so is what a relative one is relative to
  OwnedFd input = {};          ///< becomes its descriptor 0; none: /dev/null
  std::vector<OwnedFd> outputs = {};  ///< become its descriptors 1, 2, 3, ...; at most 7
  ProcessLimits limits = {};
  /// What the runtime itself gives it, when it is over its memory limit, or has ended and left something
  /// behind.
  Duration grace = std::chrono::seconds(5);
  /// What it leaves behind goes on until the run ends. Else it is ended, and only then the process counts as
  /// ended.
  bool keeps_remains = false;
  /// When it is stopped, what it has started is stopped first, and it gets no SIGTERM itself.
  bool is_spared = false;
};

/// Why the runtime ended a process.
enum class ProcessStop : std::uint8_t { kNone, kStopped, kMemory };

/// How a process ended. By then it is gone, and so is all that it has started (but see `left` and
/// `keeps_remains`).
struct ProcessEnd {
  /// It did not start: kNotFound for a missing program or folder, kUnreadable for one that cannot be executed
  /// or entered, kUnavailable for the rest. Or it was lost with its supervisor: kUnavailable.
  std::optional<Error> error = {};
  int code = 0;  ///< exit code, or minus the signal that ended it; without meaning with an error
  ProcessStop reason = ProcessStop::kNone;
  bool is_lost = false;    ///< its supervisor has died
  std::uint32_t left = 0;  ///< processes of it that cannot be ended: they hang in the system
  std::int32_t pid = 0;
  std::chrono::microseconds user_time{0};
  std::chrono::microseconds system_time{0};
  std::uint64_t most_resident = 0;  ///< bytes, of the largest of its processes

  bool is_success() const { return !error && code == 0 && reason == ProcessStop::kNone; }
};

/// For people: "ended with exit code 3", "was ended by SIGSEGV".
std::string describe(const ProcessEnd& end);

}  // namespace vnode
