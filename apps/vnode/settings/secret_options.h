#pragma once

#include <string>
#include <vector>

#include "apps/vnode/options/command_spec.h"
#include "base/error.h"
#include "base/secret_mask.h"

namespace vnode {

/// Where the secrets of a run come from.
struct SecretOptions {
  std::vector<std::string> names;  ///< of variables that this program has
  std::vector<std::string> files;
};

/// Declares --secret and --secret-file. `options` must live as long as `command`.
void declare_secret_options(CommandSpec& command, SecretOptions& options);

/// Of a name that comes several times the last one counts. Errors: those of `read_secret_file`.
Result<Secrets> read_secret_files(const std::vector<std::string>& files);

/// Those of `files` (settings), then those of the options' files, then variables; the last one counts.
/// Errors: kUsage for a variable that is not there, or cannot be a secret, and those of `read_secret_file`.
Result<Secrets> collect_secrets(const std::vector<std::string>& files, const SecretOptions& options);

}  // namespace vnode
