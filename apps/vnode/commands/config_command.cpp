#include <memory>

#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/settings/config_report.h"
#include "apps/vnode/settings/setting_options.h"
#include "apps/vnode/terminal/print.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

struct ConfigSettings {
  SettingFlags flags;
  std::string format = "text";
};

ExitCode show_settings(const ConfigSettings& config, Diagnostics& diagnostics) {
  const Result<Settings> settings = Settings::load(config.flags);
  if (!settings) {
    diagnostics.error(describe(settings.error()));
    return kExitUsage;
  }
  if (config.format != "json") return print(settings_text(*settings), diagnostics);
  std::string out;
  append_json_pretty(out, settings_value(*settings), 2, NonFinite::kQuoted);
  return print(out + "\n", diagnostics);
}

}  // namespace

void set_up_config(CommandSpec& command) {
  auto config = std::make_shared<ConfigSettings>();
  CommandSpec show_command{.name = "show", .summary = "The settings in force, and where each comes from"};
  add_choice(show_command, "-o,--format", config->format, {"text", "json"}, "text (default) or json");
  declare_setting_options(show_command, config->flags, kAllSettings);
  show_command.action = [config](Diagnostics& diagnostics) { return show_settings(*config, diagnostics); };
  command.subcommands.push_back(std::move(show_command));
}

}  // namespace vnode
