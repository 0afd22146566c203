#include "apps/vnode/settings/setting_options.h"

#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/settings/setting_value.h"

namespace vnode {
namespace {

std::string help_text(const SettingEntry& entry) {
  const std::string_view standard = entry.standard.empty() ? entry.standard_text : entry.standard;
  const bool shows_default = entry.kind != SettingKind::kSwitch && entry.kind != SettingKind::kFolders;
  return std::string(entry.summary) + (shows_default ? " (default: " + std::string(standard) + ")" : "");
}

void declare(CommandSpec& command, SettingFlags& flags, const SettingEntry& entry) {
  const std::string options(entry.options);
  if (entry.kind == SettingKind::kFolders) {
    OptionSpec& option =
        add_texts(command, options, flags.node_folders, std::string(entry.type_name), help_text(entry));
    option.take = [&flags](const std::string& folder) {
      flags.node_folders.push_back(folder);
      return check_folder(folder);
    };
    return;
  }
  OptionSpec option{.names = options,
                    .type_name = std::string(entry.type_name),
                    .help = help_text(entry),
                    .choices = setting_choices(entry)};
  if (entry.kind == SettingKind::kSwitch) {
    option.arity = OptionSpec::Arity::kSwitch;
    option.take = [&flags, &entry](const std::string& word) -> Result<void> {
      flags.values[entry.key] = Value(word == "true");
      return {};
    };
  } else {
    option.take = [&flags, &entry](const std::string& word) -> Result<void> {
      Result<Value> value = read_setting_word(entry, word);
      if (!value) return value.error();
      flags.values[entry.key] = std::move(*value);
      return {};
    };
  }
  command.options.push_back(std::move(option));
}

}  // namespace

void declare_setting_options(CommandSpec& command, SettingFlags& flags,
                             std::span<const std::string_view> keys) {
  const std::size_t first = command.options.size();
  for (std::string_view key : keys) declare(command, flags, find_setting(key));
  add_text(command, "--config", flags.config_file, "FILE",
           "Read settings from that file too (see 'vnode config show')");
  title_options(command, first, "Settings, which vnode.yaml can have as well");
}

}  // namespace vnode
