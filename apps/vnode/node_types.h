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

/// The same in two steps, for a program that executes many runs, and reads the definitions again meanwhile:
/// of those that no longer load `last` has the good version.
std::shared_ptr<PythonRuntime> make_python_runtime(const Settings& settings, bool keeps_spare_host);
Registry load_registry(const Settings& settings, std::shared_ptr<PythonRuntime> python, const Registry& last);

}  // namespace vnode
