#pragma once

#include <sys/stat.h>

#include <string>

#include "base/error.h"

namespace vnode {

/// Whether a folder may be a link to one.
enum class FolderLinks { kFollowed, kRefused };

/// Makes the folder with mode 0700, and those above it that are missing. One that is there must belong to
/// this user, and nobody else may write to it. Errors: kIo, kUnreadable for one that is not private.
Result<void> make_private_folder(const std::string& path, FolderLinks links = FolderLinks::kFollowed);

/// What `stat` told belongs to this user, and nobody else can write to it.
bool is_private(const struct stat& status);

}  // namespace vnode
