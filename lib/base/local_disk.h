#pragma once

#include <string>

namespace vnode {

/// Whether that file or folder is on a file system of this machine: over a network other machines change
/// things without this one's kernel knowing, and times are theirs. False for what is not there.
bool is_on_local_disk(const std::string& path);

}  // namespace vnode
