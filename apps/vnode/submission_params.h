#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// What `vnode submit` hands over, as it was typed.
struct SubmissionOptions {
  std::string file;  ///< "-" for standard input
  std::vector<std::string> parameters = {};
  std::string params_file = {};
  std::string queue = {};
  std::optional<int> priority = {};
  std::string key = {};
  std::vector<std::string> info = {};       ///< KEY=VALUE
  std::vector<std::string> resources = {};  ///< NAME=N
  std::optional<Duration> timeout = {};
  std::optional<std::uint64_t> retries = {};
  std::string on_interrupt = {};
  std::string description = {};
  bool fail_fast = false;
  bool init_only = false;
  std::string failed_inputs = {};
  std::optional<std::uint64_t> seed = {};
  std::vector<std::string> environment = {};  ///< NAME=VALUE, or NAME: as it is here
  bool passes_environment = false;
  std::string directory = {};  ///< empty: the current one
  bool is_elsewhere =
      false;  ///< the daemon may be on another machine: folders and files of this one are not there
  std::vector<std::string> hook_commands = {};
  std::vector<std::string> hook_urls = {};
};

/// Everything but the workflow, as params of `run.submit`. Reads the files that parameters name: the daemon
/// may be elsewhere by then. Errors: kUsage and those of reading.
Result<Dict> submission_params(const SubmissionOptions& options);

/// Adds the workflow: the document itself, or the file's path if it is too large for one line of the protocol
/// (`most` bytes) and the daemon can read it. Errors: those of reading a file, kBadJson, kUsage (too large).
Result<void> add_workflow(Dict& params, const std::string& file, std::size_t most, bool is_elsewhere = false);

/// Well below `kMaxRpcLine`: the rest of the call and escapes have to fit too.
inline constexpr std::size_t kMostByValue = 6 * 1024 * 1024;

}  // namespace vnode
