#pragma once

#include <string>

#include "base/error.h"

namespace vnode {

/// Makes the folder with mode 0700, and those above it that are missing. One that is there must belong to
/// this user, and nobody else may write to it. Errors: kIo, kUnreadable for one that is not private.
Result<void> make_private_folder(const std::string& path);

}  // namespace vnode
