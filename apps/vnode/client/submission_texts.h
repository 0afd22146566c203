#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/vnode/local/workflow_source.h"
#include "apps/vnode/settings/secret_options.h"
#include "base/error.h"
#include "rpc/submission.h"

namespace vnode {

/// What `vnode submit` was given as texts that stand for something: names and values in one, files, commands.
/// What says itself goes into the `Submission` at once.
struct SubmissionTexts {
  std::vector<std::string> parameters = {};  ///< NODE.PORT=VALUE
  std::string params_file = {};
  std::string path_map_file = {};
  std::string map = {};  ///< NAME=VALUES, or NAME=@FILE
  std::optional<std::int64_t> chunk = {};
  std::vector<std::string> after = {};        ///< ids with commas between them
  std::vector<std::string> after_any = {};    ///< the same
  std::vector<std::string> info = {};         ///< KEY=VALUE
  std::vector<std::string> resources = {};    ///< NAME=N
  std::vector<std::string> environment = {};  ///< NAME=VALUE, or NAME: as it is here
  bool passes_environment = false;
  SecretOptions secrets = {};
  std::vector<std::string> hook_commands = {};
  std::vector<std::string> hook_urls = {};
  /// The daemon may be on another machine: folders and files of this one are not there.
  bool is_elsewhere = false;
};

/// KEY=VALUE of each, in order; `option` has them. Errors: kUsage.
Result<std::vector<std::pair<std::string, std::string>>> read_info(
    const std::vector<std::string>& assignments);

/// Adds what `texts` stand for to `submission`, and the working directory: it is the current one unless it
/// has another. Reads the files that are named: the daemon may be elsewhere by then. Errors: kUsage and
/// those of reading.
Result<void> complete_submission(Submission& submission, const SubmissionTexts& texts);

/// Adds the workflow: the document itself, or only the file's path if it is larger than `most` bytes and the
/// daemon can read it. How large it may be is the daemon's business. YAML is lowered here, with what it uses.
/// Returns what was odd about reading it; an error among these problems: there is no workflow. Errors: those
/// of reading a file, kBadJson.
Result<Problems> add_workflow(Submission& submission, const std::string& file, std::size_t most,
                              bool is_elsewhere = false, const WorkflowReadingOptions& options = {},
                              const RegistrySource& registry = nullptr);

/// Beyond it a file's path costs less than its contents.
inline constexpr std::size_t kMostByValue = 6 * 1024 * 1024;

}  // namespace vnode
