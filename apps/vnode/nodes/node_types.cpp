#include "apps/vnode/nodes/node_types.h"

#include "apps/vnode/settings/bundled_nodes.h"
#include "command/command_runtime.h"
#include "command/run_command.h"
#include "nodes/native_nodes.h"
#include "registry/definition_reserve.h"
#include "registry/reload.h"

namespace vnode {

std::shared_ptr<PythonRuntime> make_python_runtime(const Settings& settings, bool keeps_spare_host) {
  return std::make_shared<PythonRuntime>(PythonSettings{.interpreter = settings.python(),
                                                        .memory = settings.memory(),
                                                        .grace = settings.grace(),
                                                        .keeps_spare_host = keeps_spare_host});
}

std::shared_ptr<NodeRuntime> make_command_runtime(const Settings& settings, const std::string& log_folder) {
  return std::make_shared<CommandRuntime>(CommandSettings{
      .grace = settings.grace(), .log_folder = log_folder, .executors = settings.executors()});
}

namespace {

NodeLibrary native_types(const std::shared_ptr<NodeRuntime>& commands) {
  NodeLibrary natives;
  add_native_nodes(natives);
  natives.add(run_command_type(commands));
  return natives;
}

DefinitionUse definition_use(const Settings& settings, std::shared_ptr<PythonRuntime> python,
                             std::shared_ptr<NodeRuntime> commands) {
  return {.runtime = std::move(python),
          .commands = std::move(commands),
          .prefer_native = settings.prefers_native(),
          .encoding = settings.encoding()};
}

}  // namespace

Registry load_registry(const Settings& settings, std::shared_ptr<PythonRuntime> python,
                       std::shared_ptr<NodeRuntime> commands, const Registry& last) {
  const NodeLibrary natives = native_types(commands);
  return reload_registry(last, natives, settings.node_folders(),
                         definition_use(settings, std::move(python), std::move(commands)));
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

NodeTypes load_used_node_types(const Settings& settings, const std::string& log_folder) {
  std::vector<std::string> folders = settings.node_folders();
  const bool has_bundled =
      !folders.empty() && !folders.front().empty() && folders.front() == bundled_folder();
  if (!has_bundled) return load_node_types(settings, log_folder);
  const auto python = make_python_runtime(settings, false);
  const auto commands = make_command_runtime(settings, log_folder);
  const NodeLibrary natives = native_types(commands);
  const DefinitionUse use = definition_use(settings, python, commands);
  auto bundled = std::make_shared<const DefinitionReserve>(folders.front(), use);
  // A definition replaces a native type (later wins): this one cannot wait until it is asked for.
  for (const NodeTypePtr& type : natives.types()) {
    if (bundled->has_file_of(type->definition.node_id)) return load_node_types(settings, log_folder);
  }
  folders.erase(folders.begin());
  NodeTypes types{reload_registry(Registry(), natives, folders, use), python};
  types.registry.set_reserve(std::move(bundled));
  return types;
}

}  // namespace vnode
