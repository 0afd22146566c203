#pragma once

#include <cstddef>
#include <string>

#include "base/error.h"

namespace vnode {

/// The path of `$XDG_CACHE_HOME/vnode/<name>` (`~/.cache` without that variable), made if it is not there
/// yet: a folder of this user that nobody else can write to, so that programs in it can be trusted. Errors:
/// kIo, also for a folder that somebody else could write to.
Result<std::string> private_cache_folder(const std::string& name);

/// True for a plain file of that size which belongs to this user, and that nobody else can write to.
bool is_private_file(const std::string& path, std::size_t size);

}  // namespace vnode
