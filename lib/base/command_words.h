#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace vnode {

/// Splits a command line into its words as a shell does: blanks separate, '...' and "..." keep together, a
/// backslash takes the next character as it is (not in '...', and in "..." only one of $`"\), before the end
/// of a line the two together are nothing. Nothing is expanded. Errors: kUsage for a quote that is not
/// closed, and when there is no word.
Result<std::vector<std::string>> split_command(std::string_view text);

}  // namespace vnode
