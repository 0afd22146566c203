#pragma once

#include <string>

#include "yaml/level_lowering.h"

namespace vnode {

/// A file that is used as a group: its nodes and wires, with its outputs. `path`: of the group, with its
/// final slash. What the file says of itself (name, description) is not part of it.
LoweredLevel lower_used_file(FileLowering& file, const std::string& path);

}  // namespace vnode
