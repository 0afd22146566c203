#include "apps/vnode/node_types.h"

#include "nodes/native_nodes.h"
#include "registry/reload.h"

namespace vnode {

NodeTypes load_node_types(const Settings& settings) {
  auto python = std::make_shared<PythonRuntime>(PythonSettings{
      .interpreter = settings.python(), .memory = settings.memory(), .grace = settings.grace()});
  NodeLibrary natives;
  add_native_nodes(natives);
  const DefinitionUse use = {.runtime = python, .prefer_native = settings.prefers_native()};
  return {reload_registry(Registry(), natives, settings.node_folders(), use), python};
}

}  // namespace vnode
