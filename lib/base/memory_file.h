#pragma once

#include <string_view>

#include "base/error.h"
#include "base/owned_fd.h"

namespace vnode {

/// A file without a name that holds those bytes, to be read from its beginning: what a program gets as its
/// input. An error is ErrorCode::kIo. Any thread.
Result<OwnedFd> memory_file(std::string_view bytes);

}  // namespace vnode
