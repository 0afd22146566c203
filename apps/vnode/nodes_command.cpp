#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <memory>

#include "apps/vnode/command_table.h"
#include "apps/vnode/new_node.h"
#include "apps/vnode/node_description.h"
#include "apps/vnode/node_types.h"
#include "apps/vnode/nodes_reload.h"
#include "apps/vnode/print.h"
#include "apps/vnode/setting_options.h"
#include "apps/vnode/terminal_text.h"
#include "apps/vnode/used_definitions.h"
#include "model/json_writer.h"
#include "python/definition_check.h"

namespace vnode {
namespace {

struct NodesSettings {
  std::string node_id;  ///< for show
  bool shows_hidden = false;
  std::string format = "text";
  SettingFlags flags;
  NewNode new_node;
  ClientSettings client;  ///< for reload
};

/// Definitions that did not load would otherwise be missed in silence.
void tell_notes(const Registry& registry, Diagnostics& diagnostics) {
  for (const LoadNote& note : registry.notes()) {
    const std::string line = note.file + ": " + note.message;
    if (note.kind == LoadNote::Kind::kReplaced) {
      diagnostics.debug(line);
    } else {
      diagnostics.warning(note.kind == LoadNote::Kind::kBroken ? "not loaded: " + line : line);
    }
  }
}

ExitCode list_types(const NodesSettings& settings, const NodeTypes& node_types, Diagnostics& diagnostics) {
  const Registry& registry = node_types.registry;
  std::vector<NodeTypePtr> types = registry.types();
  if (!settings.shows_hidden) std::erase_if(types, [](const NodeTypePtr& type) { return type->hidden; });
  if (settings.format == "json") {
    std::string out;
    append_json_pretty(out, node_list_value(types, registry.notes()), 2, NonFinite::kQuoted);
    return print(out + "\n", diagnostics);
  }
  tell_notes(registry, diagnostics);
  return print(node_list_text(types), diagnostics);
}

/// Place and reason as an error, the traceback below it.
void tell_failure(const DefinitionCheck& check, Diagnostics& diagnostics) {
  const DefinitionCheck::Failure& failure = *check.failure;
  std::string place = check.type->origin;
  if (failure.line) place += ", line " + std::to_string(*failure.line) + " of its python_code";
  diagnostics.error(place + ": does not load: " + failure.message);
  write_to_stderr(indented_lines(failure.traceback));
}

ExitCode create_node(const NodesSettings& settings, const NodeTypes& types, Diagnostics& diagnostics) {
  const NewNode& node = settings.new_node;
  const Result<std::string> path = write_new_node(node);
  if (!path) return report_usage_error(path.error(), diagnostics);
  if (const NodeTypePtr known = types.registry.find(node.node_id)) {
    diagnostics.warning("there is a node type '" + node.node_id + "' already (" + known->origin +
                        "); where this file is loaded, it takes its place");
  }
  const ExitCode printed = print(*path + "\n", diagnostics);
  write_to_stderr(new_node_advice(node));
  return printed;
}

/// There may be a definition of that id, in a file that cannot be used.
ExitCode refuse_id(const std::string& id, const Registry& registry, Diagnostics& diagnostics) {
  for (const LoadNote& note : registry.notes()) {
    if (note.kind != LoadNote::Kind::kBroken || note.node_id != id) continue;
    diagnostics.error(note.file + ": not loaded: " + note.message);
    return kExitInvalid;
  }
  const std::string nearest = registry.suggestion(id);
  diagnostics.error("no node type '" + id + "'" +
                    (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
  tell_notes(registry, diagnostics);
  return kExitUsage;
}

ExitCode show_type(const NodesSettings& settings, const NodeTypes& types, Diagnostics& diagnostics) {
  const Registry& registry = types.registry;
  const NodeTypePtr type = registry.find(settings.node_id);
  if (!type) return refuse_id(settings.node_id, registry, diagnostics);
  std::vector<DefinitionCheck> checks;
  if (type->runtime) checks = check_definitions(*types.python, std::span(&type, 1), kLoadTimeout);
  const DefinitionCheck* check = checks.empty() ? nullptr : &checks.front();
  if (check && check->failure) tell_failure(*check, diagnostics);
  std::string out;
  if (settings.format == "json") {
    append_json_pretty(out, node_type_value(*type, check), 2, NonFinite::kQuoted);
    out += '\n';
  } else {
    out = node_type_text(*type, check);
  }
  const ExitCode printed = print(out, diagnostics);
  return printed == kExitSuccess && check && check->failure ? kExitInvalid : printed;
}

using NodesAction = ExitCode (*)(const NodesSettings&, const NodeTypes&, Diagnostics&);

ExitCode run_action(NodesAction action, const NodesSettings& settings, Diagnostics& diagnostics) {
  const Result<Settings> in_force = Settings::load(settings.flags);
  if (!in_force) return report_usage_error(in_force.error(), diagnostics);
  return action(settings, load_node_types(*in_force), diagnostics);
}

void add_common_options(CLI::App& app, NodesSettings& settings) {
  app.add_option("-o,--format", settings.format, "text (default) or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
  declare_setting_options(app, settings.flags, kNodeTypeSettings);
}

void add_new_options(CLI::App& app, NodesSettings& settings) {
  NewNode& node = settings.new_node;
  app.add_option("NAME", node.node_id, "The node_id, and the name of the file")->required();
  app.add_flag("--python", node.is_python, "Written in Python: NAME.json with python_code")->required();
  app.add_option("--dir", node.folder, "Where to put the file (default: the current folder)")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory);
}

}  // namespace

CommandAction set_up_nodes(CLI::App& app) {
  auto settings = std::make_shared<NodesSettings>();
  auto action = std::make_shared<NodesAction>(nullptr);
  app.require_subcommand(1);
  CLI::App* list = app.add_subcommand("list", "All node types: id, category, where it comes from");
  list->add_flag("--all", settings->shows_hidden, "Also those that editors make by themselves (groups)");
  list->callback([action] { *action = list_types; });
  add_common_options(*list, *settings);
  CLI::App* show = app.add_subcommand("show", "One node type: ports, defaults, where it comes from");
  show->add_option("ID", settings->node_id, "The node_id that workflow files use")->required();
  show->callback([action] { *action = show_type; });
  add_common_options(*show, *settings);
  CLI::App* create = app.add_subcommand("new", "Write a definition to start from");
  create->callback([action] { *action = create_node; });
  add_new_options(*create, *settings);
  CLI::App* reload = app.add_subcommand("reload", "Have the daemon read the definitions again");
  declare_client_options(*reload, settings->client);
  for (CLI::App* command : {list, show, create, reload}) command->allow_extras();
  return [settings, action](Diagnostics& diagnostics) {
    return *action ? run_action(*action, *settings, diagnostics)
                   : reload_nodes(settings->client, diagnostics);
  };
}

}  // namespace vnode
