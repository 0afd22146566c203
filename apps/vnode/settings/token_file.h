#pragma once

#include <string>

#include "base/error.h"

namespace vnode {

/// The word in the file, less the blanks around it, for TCP's two ends. Errors: those of `read_private_file`;
/// kUsage for a word that is too short.
Result<std::string> read_token_file(const std::string& path);

}  // namespace vnode
