#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Validators.hpp>
#include <memory>

#include "apps/vnode/command_table.h"
#include "apps/vnode/config_report.h"
#include "apps/vnode/print.h"
#include "apps/vnode/setting_options.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

struct ConfigSettings {
  SettingFlags flags;
  std::string format = "text";
};

ExitCode show(const ConfigSettings& config, Diagnostics& diagnostics) {
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

CommandAction set_up_config(CLI::App& app) {
  auto config = std::make_shared<ConfigSettings>();
  app.require_subcommand(1);
  CLI::App* command = app.add_subcommand("show", "The settings in force, and where each comes from");
  command->add_option("-o,--format", config->format, "text (default) or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
  declare_setting_options(*command, config->flags, kAllSettings);
  command->allow_extras();
  return [config](Diagnostics& diagnostics) { return show(*config, diagnostics); };
}

}  // namespace vnode
