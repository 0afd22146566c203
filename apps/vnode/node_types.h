#pragma once

#include <string>
#include <vector>

#include "registry/registry.h"

namespace vnode {

/// The node types that this program can run: the native ones, and the definitions on the search path, to
/// which `folders` (--nodes) are added.
Registry load_node_types(const std::vector<std::string>& folders);

}  // namespace vnode
