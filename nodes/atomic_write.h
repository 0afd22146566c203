#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vnode {

/// Makes `data` the whole content of the file, all or nothing: a temporary file in the same folder takes its
/// place when it is complete. On failure the old content is there still and the temporary file is gone.
///
/// Through symbolic links: the file that they lead to is replaced, the links stay. The mode is kept, and the
/// owner where the process may set it; other hard links keep the old content. Devices, FIFOs and sockets are
/// written directly, and so are files that a rename cannot replace (a folder in which nothing may be created,
/// a mount point).
///
/// Nothing is flushed to the disk (fsync): this protects against a write that fails and against a process
/// that dies, not against a power cut, from which a workflow is started again anyway; and flushing costs
/// milliseconds a file.
Result<void> write_file_atomically(const std::string& path, std::string_view data);

}  // namespace vnode
