#pragma once

#include <string>

#include "base/error.h"
#include "base/owned_fd.h"

namespace vnode {

/// Listens at `path` (rule 8), with the instance lock held: makes its folder (private), replaces the file of
/// a daemon that is gone, never that of a live one, and never anything that is no socket. Errors: kUsage (too
/// long a path), kUnavailable (somebody listens there), those of `make_private_folder`, kIo.
Result<OwnedFd> open_server_socket(const std::string& path);

}  // namespace vnode
