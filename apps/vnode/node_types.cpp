#include "apps/vnode/node_types.h"

#include "nodes/native_nodes.h"
#include "registry/reload.h"

namespace vnode {

std::shared_ptr<PythonRuntime> make_python_runtime(const Settings& settings, bool keeps_spare_host) {
  return std::make_shared<PythonRuntime>(PythonSettings{.interpreter = settings.python(),
                                                        .memory = settings.memory(),
                                                        .grace = settings.grace(),
                                                        .keeps_spare_host = keeps_spare_host});
}

Registry load_registry(const Settings& settings, std::shared_ptr<PythonRuntime> python,
                       const Registry& last) {
  NodeLibrary natives;
  add_native_nodes(natives);
  const DefinitionUse use = {.runtime = std::move(python), .prefer_native = settings.prefers_native()};
  return reload_registry(last, natives, settings.node_folders(), use);
}

NodeTypes load_node_types(const Settings& settings) {
  const auto python = make_python_runtime(settings, false);
  return {load_registry(settings, python, Registry()), python};
}

}  // namespace vnode
