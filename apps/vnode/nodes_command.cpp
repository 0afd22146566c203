#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <memory>

#include "apps/vnode/command_table.h"
#include "apps/vnode/node_description.h"
#include "apps/vnode/node_types.h"
#include "apps/vnode/print.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

struct NodesSettings {
  std::string node_id;  ///< for show
  bool is_list = false;
  bool shows_hidden = false;
  std::string format = "text";
  std::vector<std::string> node_folders;
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

ExitCode list_types(const NodesSettings& settings, const Registry& registry, Diagnostics& diagnostics) {
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

ExitCode show_type(const NodesSettings& settings, const Registry& registry, Diagnostics& diagnostics) {
  const NodeTypePtr type = registry.find(settings.node_id);
  if (!type) {
    const std::string nearest = registry.suggestion(settings.node_id);
    diagnostics.error("no node type '" + settings.node_id + "'" +
                      (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
    tell_notes(registry, diagnostics);
    return kExitUsage;
  }
  if (settings.format == "json") {
    std::string out;
    append_json_pretty(out, node_type_value(*type), 2, NonFinite::kQuoted);
    return print(out + "\n", diagnostics);
  }
  return print(node_type_text(*type), diagnostics);
}

void add_common_options(CLI::App& app, NodesSettings& settings) {
  app.add_option("-o,--format", settings.format, "text (default) or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option("--nodes", settings.node_folders,
                 "Load node definitions from that folder as well (repeatable)")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory)
      ->allow_extra_args(false);
}

}  // namespace

CommandAction set_up_nodes(CLI::App& app) {
  auto settings = std::make_shared<NodesSettings>();
  app.require_subcommand(1);
  CLI::App* list = app.add_subcommand("list", "All node types: id, category, where it comes from");
  list->add_flag("--all", settings->shows_hidden, "Also those that editors make by themselves (groups)");
  list->callback([settings] { settings->is_list = true; });
  add_common_options(*list, *settings);
  CLI::App* show = app.add_subcommand("show", "One node type: ports, defaults, where it comes from");
  show->add_option("ID", settings->node_id, "The node_id that workflow files use")->required();
  add_common_options(*show, *settings);
  for (CLI::App* command : {list, show}) command->allow_extras();
  return [settings](Diagnostics& diagnostics) {
    const Registry registry = load_node_types(settings->node_folders);
    return settings->is_list ? list_types(*settings, registry, diagnostics)
                             : show_type(*settings, registry, diagnostics);
  };
}

}  // namespace vnode
