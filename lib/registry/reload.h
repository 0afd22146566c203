#pragma once

#include <string>
#include <vector>

#include "registry/definition_loader.h"
#include "registry/registry.h"

namespace vnode {

/// Reads the definitions again: a new registry of the native types and of what the folders hold now (in the
/// order of `definition_search_path`). A definition whose file no longer loads keeps its last good version,
/// with a note; one whose file is gone, is gone. `last` is not changed, and runs that use its types go on
/// with them.
Registry reload_registry(const Registry& last, const NodeLibrary& natives,
                         const std::vector<std::string>& folders, const DefinitionUse& use = {});

}  // namespace vnode
