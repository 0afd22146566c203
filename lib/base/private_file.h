#pragma once

#include <cstddef>
#include <string>

#include "base/error.h"

namespace vnode {

/// The content of a file that nobody but this user can read; the file that is checked is the one that is
/// read. `what`: what is in it, for messages ("token"). Errors: kUsage for a file that is not private, not
/// plain, not readable, or larger than `most` bytes.
Result<std::string> read_private_file(const std::string& path, const std::string& what, std::size_t most);

}  // namespace vnode
