#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace vnode {

/// A program to run beside this one, without a shell.
struct Command {
  std::vector<std::string> words;  ///< program (looked for on the PATH) and arguments
  std::string input = {};          ///< its standard input
  std::vector<std::pair<std::string, std::string>> environment = {};  ///< on top of this program's own
  std::string directory = {};                                         ///< empty: this program's own
  std::chrono::milliseconds timeout{30'000};
};

/// How it ended: exit code, or minus the signal's number.
struct CommandEnd {
  int code = 0;
  bool is_timeout = false;  ///< it was killed for that
  std::string output;       ///< the beginning of what it wrote, both streams
};

/// Runs it and waits. It leads a process group of its own, which is killed when its time is over; it dies
/// with the calling thread, so that nothing is left when this program is killed. Errors: kNotFound,
/// kUnavailable.
Result<CommandEnd> run_command(const Command& command);

}  // namespace vnode
