#pragma once

#include <memory>

#include "apps/vnode/settings/settings.h"
#include "apps/vnode/terminal/diagnostics.h"
#include "python/python_runtime.h"
#include "registry/registry.h"

namespace vnode {

/// The node types that this program can run: the native ones, and the definitions on the search path with
/// what executes them.
struct NodeTypes {
  Registry registry;
  std::shared_ptr<PythonRuntime> python;  ///< has started nothing yet
};

/// Its ports show only when its code is loaded.
bool is_python(const NodeType& type);

/// `log_folder`: gets all that commands write; empty: none.
NodeTypes load_node_types(const Settings& settings, const std::string& log_folder = {});

/// The same for a program that executes one workflow: of the bundled definitions only those are read that it
/// asks for, so that its start does not take longer with each one more.
NodeTypes load_used_node_types(const Settings& settings, const std::string& log_folder);

/// Warns of folders of the search path that cannot be looked into: natives would run in silence where their
/// definitions were meant.
void warn_of_missing_folders(const Registry& registry, Diagnostics& diagnostics);

/// The same in two steps, for a program that executes many runs, and reads the definitions again meanwhile:
/// of those that no longer load `last` has the good version.
std::shared_ptr<PythonRuntime> make_python_runtime(const Settings& settings, bool keeps_spare_host);
std::shared_ptr<NodeRuntime> make_command_runtime(const Settings& settings,
                                                  const std::string& log_folder = {});
Registry load_registry(const Settings& settings, std::shared_ptr<PythonRuntime> python,
                       std::shared_ptr<NodeRuntime> commands, const Registry& last);

}  // namespace vnode
