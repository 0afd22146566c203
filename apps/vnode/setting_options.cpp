#include "apps/vnode/setting_options.h"

#include <CLI/CLI.hpp>

#include "apps/vnode/setting_value.h"

namespace vnode {
namespace {

std::string help_text(const SettingEntry& entry) {
  const std::string_view standard = entry.standard.empty() ? entry.standard_text : entry.standard;
  const bool shows_default = entry.kind != SettingKind::kSwitch && entry.kind != SettingKind::kFolders;
  return std::string(entry.summary) + (shows_default ? " (default: " + std::string(standard) + ")" : "");
}

void declare(CLI::App& app, SettingFlags& flags, const SettingEntry& entry) {
  const std::string options(entry.options);
  if (entry.kind == SettingKind::kFolders) {
    app.add_option(options, flags.node_folders, help_text(entry))
        ->type_name(std::string(entry.type_name))
        ->check(CLI::ExistingDirectory)
        ->allow_extra_args(false);
    return;
  }
  if (entry.kind == SettingKind::kSwitch) {
    app.add_flag_function(
        options, [&flags, &entry](std::int64_t count) { flags.values[entry.key] = Value(count > 0); },
        help_text(entry));
    return;
  }
  app.add_option_function<std::string>(
         options,
         [&flags, &entry](const std::string& word) {
           Result<Value> value = read_setting_word(entry, word);
           if (!value) throw CLI::ValidationError(std::string(entry.option()), value.error().message);
           flags.values[entry.key] = std::move(*value);
         },
         help_text(entry))
      ->type_name(std::string(entry.type_name));
}

}  // namespace

void declare_setting_options(CLI::App& app, SettingFlags& flags, std::span<const std::string_view> keys) {
  for (std::string_view key : keys) declare(app, flags, find_setting(key));
  app.add_option("--config", flags.config_file, "Read settings from that file too (see 'vnode config show')")
      ->type_name("FILE");
}

}  // namespace vnode
