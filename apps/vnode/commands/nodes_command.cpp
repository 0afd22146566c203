#include <algorithm>
#include <memory>

#include "apps/vnode/client/nodes_reload.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/local/workflow_source.h"
#include "apps/vnode/nodes/folder_check.h"
#include "apps/vnode/nodes/new_node.h"
#include "apps/vnode/nodes/node_description.h"
#include "apps/vnode/nodes/node_types.h"
#include "apps/vnode/nodes/used_definitions.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/settings/setting_options.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "base/spelling.h"
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
  ClientOptions client;              ///< for reload
  std::vector<std::string> folders;  ///< for check
  bool is_strict = false;
};

/// Definitions that did not load would otherwise be missed in silence.
void tell_notes(const Registry& registry, Diagnostics& diagnostics) {
  warn_of_missing_folders(registry, diagnostics);
  for (const LoadNote& note : registry.notes()) {
    const std::string line = note.file + ": " + note.message;
    if (note.kind == LoadNote::Kind::kFolder) continue;
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
  if (node.is_python == node.is_command) {
    return report_usage_error(usage_error("say what to write: --python or --command"), diagnostics);
  }
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
  if (const LoadNote* note = registry.broken_definition(id)) {
    diagnostics.error(note->file + ": not loaded: " + note->message);
    return kExitInvalid;
  }
  diagnostics.error(with_hint("no node type '" + id + "'", did_you_mean(registry.suggestion(id))));
  tell_notes(registry, diagnostics);
  return kExitUsage;
}

ExitCode show_type(const NodesSettings& settings, const NodeTypes& types, Diagnostics& diagnostics) {
  const Registry& registry = types.registry;
  const NodeTypePtr type = registry.find(settings.node_id);
  if (!type) return refuse_id(settings.node_id, registry, diagnostics);
  std::vector<DefinitionCheck> checks;
  if (is_python(*type)) checks = check_definitions(*types.python, std::span(&type, 1), kLoadTimeout);
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

ExitCode check_definition_folders(const NodesSettings& settings, Diagnostics& diagnostics) {
  const Result<Settings> in_force = Settings::load(settings.flags);
  if (!in_force) return report_usage_error(in_force.error(), diagnostics);
  const FolderCheck check =
      check_folders(settings.folders, make_python_runtime(*in_force, false), in_force->encoding());
  std::string out;
  if (settings.format == "json") {
    append_json_pretty(out, folder_check_value(check), 2, NonFinite::kQuoted);
    out += '\n';
  } else {
    out = folder_check_text(check);
  }
  const ExitCode printed = print(out, diagnostics);
  if (printed != kExitSuccess) return printed;
  const bool is_good = check.count_failures() == 0 && !(settings.is_strict && check.count_warnings() > 0);
  return is_good ? kExitSuccess : kExitInvalid;
}

void add_check_options(CommandSpec& command, NodesSettings& settings) {
  OptionSpec& folders = add_texts(command, "DIR", settings.folders, "", "Folders of definitions");
  folders.is_required = true;
  folders.take = [&settings](const std::string& folder) {
    settings.folders.push_back(folder);
    return check_folder(folder);
  };
  add_choice(command, "-o,--format", settings.format, {"text", "json"}, "text (default) or json");
  add_switch(command, "--strict", settings.is_strict, "Warnings count as errors");
  declare_setting_options(command, settings.flags, kLoadSettings);
  declare_encoding(command, settings.flags);
}

void add_common_options(CommandSpec& command, NodesSettings& settings) {
  add_choice(command, "-o,--format", settings.format, {"text", "json"}, "text (default) or json");
  declare_setting_options(command, settings.flags, kNodeTypeSettings);
  declare_encoding(command, settings.flags);
}

void add_new_options(CommandSpec& command, NewNode& node) {
  add_text(command, "NAME", node.node_id, "", "The node_id, and the name of the file").is_required = true;
  add_switch(command, "--python", node.is_python, "Written in Python: NAME.json with python_code");
  add_switch(command, "--command", node.is_command, "A program to run: NAME.json with command");
  add_folder(command, "--dir", node.folder, "Where to put the file (default: the current folder)");
}

}  // namespace

void set_up_nodes(CommandSpec& command) {
  auto settings = std::make_shared<NodesSettings>();
  const auto with_types = [settings](NodesAction action) {
    return
        [settings, action](Diagnostics& diagnostics) { return run_action(action, *settings, diagnostics); };
  };
  CommandSpec list{.name = "list", .summary = "All node types: id, category, where it comes from"};
  add_switch(list, "-a,--all", settings->shows_hidden, "Also those that editors make by themselves (groups)");
  add_common_options(list, *settings);
  list.action = with_types(list_types);
  CommandSpec show{.name = "show", .summary = "One node type: ports, defaults, where it comes from"};
  add_text(show, "TYPE", settings->node_id, "", "The node_id that workflow files use").is_required = true;
  add_common_options(show, *settings);
  show.action = with_types(show_type);
  CommandSpec create{.name = "new", .summary = "Write a definition to start from"};
  add_new_options(create, settings->new_node);
  create.action = with_types(create_node);
  CommandSpec reload{.name = "reload", .summary = "Have the daemon read the definitions again"};
  declare_client_options(reload, settings->client);
  reload.action = [settings](Diagnostics& diagnostics) {
    return reload_nodes(settings->client, diagnostics);
  };
  CommandSpec check{.name = "check", .summary = "Load all definitions of folders; say what does not load"};
  add_check_options(check, *settings);
  check.action = [settings](Diagnostics& diagnostics) {
    return check_definition_folders(*settings, diagnostics);
  };
  command.subcommands = {std::move(list), std::move(show), std::move(check), std::move(create),
                         std::move(reload)};
}

}  // namespace vnode
