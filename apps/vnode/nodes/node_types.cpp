#include "apps/vnode/nodes/node_types.h"

#include "command/command_runtime.h"
#include "command/run_command.h"
#include "nodes/native_nodes.h"
#include "registry/reload.h"

namespace vnode {

std::shared_ptr<PythonRuntime> make_python_runtime(const Settings& settings, bool keeps_spare_host) {
  return std::make_shared<PythonRuntime>(PythonSettings{.interpreter = settings.python(),
                                                        .memory = settings.memory(),
                                                        .grace = settings.grace(),
                                                        .keeps_spare_host = keeps_spare_host});
}

std::shared_ptr<NodeRuntime> make_command_runtime(const Settings& settings, const std::string& log_folder) {
  return std::make_shared<CommandRuntime>(
      CommandSettings{.grace = settings.grace(), .log_folder = log_folder});
}

Registry load_registry(const Settings& settings, std::shared_ptr<PythonRuntime> python,
                       std::shared_ptr<NodeRuntime> commands, const Registry& last) {
  NodeLibrary natives;
  add_native_nodes(natives);
  natives.add(run_command_type(commands));
  const DefinitionUse use = {.runtime = std::move(python),
                             .commands = std::move(commands),
                             .prefer_native = settings.prefers_native(),
                             .encoding = settings.encoding()};
  return reload_registry(last, natives, settings.node_folders(), use);
}

void warn_of_missing_folders(const Registry& registry, Diagnostics& diagnostics) {
  for (const LoadNote& note : registry.notes()) {
    if (note.kind == LoadNote::Kind::kFolder)
      diagnostics.warning("no definitions from " + note.file + ": " + note.message);
  }
}

bool is_python(const NodeType& type) { return type.runtime && !type.definition.python_code.empty(); }

NodeTypes load_node_types(const Settings& settings, const std::string& log_folder) {
  const auto python = make_python_runtime(settings, false);
  return {load_registry(settings, python, make_command_runtime(settings, log_folder), Registry()), python};
}

}  // namespace vnode
