#pragma once

#include <memory>

#include "apps/vnode/settings.h"
#include "python/python_runtime.h"
#include "registry/registry.h"

namespace vnode {

/// The node types that this program can run: the native ones, and the definitions on the search path with
/// what executes them.
struct NodeTypes {
  Registry registry;
  std::shared_ptr<PythonRuntime> python;  ///< has started nothing yet
};

NodeTypes load_node_types(const Settings& settings);

}  // namespace vnode
