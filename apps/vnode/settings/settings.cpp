#include "apps/vnode/settings/settings.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "apps/vnode/settings/bundled_nodes.h"
#include "apps/vnode/settings/config_file.h"
#include "apps/vnode/settings/setting_value.h"
#include "apps/vnode/settings/state_places.h"
#include "base/duration_text.h"
#include "registry/definition_loader.h"

namespace vnode {
namespace {

using Source = SettingSource::Kind;

/// The layers, one put over the other.
class Layers {
 public:
  Layers() {
    for (const SettingEntry& entry : setting_table()) {
      if (entry.kind != SettingKind::kFolders) values_[entry.key] = {&entry, standard(entry), {}};
    }
    const std::string bundled = bundled_folder();
    if (!bundled.empty()) add_folder(bundled, {});
  }

  void set(std::string_view key, const Value& value, const SettingSource& source) {
    const SettingEntry& entry = find_setting(key);
    if (entry.kind == SettingKind::kFolders) {
      for (const Value& folder : value.is_list() ? value.as_list() : std::span<const Value>()) {
        add_folder(std::string(folder.as_text()), source);
      }
      return;
    }
    values_[key] = {&entry, value.is_none() ? standard(entry) : value, source};
  }

  void add_folder(std::string folder, const SettingSource& source) {
    folders_.push_back({&find_setting("nodes"), Value(std::move(folder)), source});
  }

  std::vector<Setting> take() {
    std::vector<Setting> all;
    for (const SettingEntry& entry : setting_table()) {
      if (entry.kind != SettingKind::kFolders) {
        all.push_back(std::move(values_[entry.key]));
      } else if (folders_.empty()) {
        all.push_back({&entry, Value(), {}});
      } else {
        all.insert(all.end(), folders_.begin(), folders_.end());
      }
    }
    return all;
  }

 private:
  static Value standard(const SettingEntry& entry) {
    if (entry.kind == SettingKind::kSwitch) return Value(entry.standard == "true");
    if (entry.standard.empty()) return Value();
    return read_setting_word(entry, entry.standard).value();
  }

  std::map<std::string_view, Setting> values_;
  std::vector<Setting> folders_;
};

Result<void> add_file(Layers& layers, const std::string& path) {
  const Result<ConfigEntries> entries = read_config_file(path);
  if (!entries) return entries.error();
  for (const auto& [key, value] : *entries) layers.set(key, value, {Source::kFile, path});
  return {};
}

Result<void> add_environment(Layers& layers) {
  for (const SettingEntry& entry : setting_table()) {
    const SettingSource source{Source::kEnvironment, std::string(entry.variable)};
    if (entry.kind == SettingKind::kFolders) {
      for (std::string& folder : definition_search_path("", {})) layers.add_folder(std::move(folder), source);
      continue;
    }
    const char* word = entry.variable.empty() ? nullptr : std::getenv(source.name.c_str());
    if (!word || !*word) continue;
    const Result<Value> value = read_setting_word(entry, word);
    if (!value) return Error{ErrorCode::kInvalidValue, source.name + ": " + value.error().message};
    layers.set(entry.key, *value, source);
  }
  return {};
}

/// What the environment makes of the defaults without a value of their own.
void fill_places(std::vector<Setting>& all) {
  std::string state_directory;
  for (Setting& setting : all) {
    const bool is_unset = setting.value.is_none();
    if (setting.entry->key == "state_dir") {
      const std::string standard = is_unset ? standard_state_directory() : std::string();
      if (!standard.empty()) setting.value = Value(standard);
      if (setting.value.is_text()) state_directory = absolute_path(std::string(setting.value.as_text()));
    } else if (setting.entry->key == "socket" && is_unset) {
      const std::string standard = standard_socket(state_directory);
      if (!standard.empty()) setting.value = Value(standard);
    }
  }
}

}  // namespace

std::string_view kind_name(SettingSource::Kind kind) {
  switch (kind) {
    case Source::kDefault:
      return "default";
    case Source::kFile:
      return "file";
    case Source::kEnvironment:
      return "environment";
    case Source::kFlag:
      break;
  }
  return "flag";
}

Result<Settings> Settings::load(const SettingFlags& flags) {
  Settings settings;
  settings.encoding_ = flags.encoding;
  Layers layers;
  const std::string user_file = user_config_file();
  if (!user_file.empty()) {
    settings.files_.push_back({user_file, ::access(user_file.c_str(), F_OK) == 0});
    if (settings.files_.back().is_there) {
      if (Result<void> added = add_file(layers, user_file); !added) return added.error();
    }
  }
  if (!flags.config_file.empty()) {
    settings.files_.push_back({flags.config_file, true});
    if (Result<void> added = add_file(layers, flags.config_file); !added) return added.error();
  }
  if (Result<void> added = add_environment(layers); !added) return added.error();
  for (const auto& [key, value] : flags.values) {
    layers.set(key, value, {Source::kFlag, std::string(find_setting(key).option())});
  }
  for (const std::string& folder : flags.node_folders) layers.add_folder(folder, {Source::kFlag, "--nodes"});
  settings.all_ = layers.take();
  fill_places(settings.all_);
  return settings;
}

const Setting& Settings::find(std::string_view key) const {
  return *std::find_if(all_.begin(), all_.end(),
                       [key](const Setting& setting) { return setting.entry->key == key; });
}

std::optional<std::uint64_t> Settings::memory() const {
  const Value& value = find("memory").value;
  if (value.is_none()) return std::nullopt;
  return static_cast<std::uint64_t>(value.as_int());
}

Duration Settings::grace() const { return parse_duration(text("grace")).value(); }

unsigned Settings::jobs() const {
  const Value& value = find("jobs").value;
  return value.is_none() ? 0 : static_cast<unsigned>(value.as_int());
}

LoggedErrors Settings::logged_errors() const {
  return text("logged_errors") == "report" ? LoggedErrors::kReport : LoggedErrors::kFail;
}

NodeLimits Settings::limits() const {
  const Value& value = find("limits").value;
  Problems ignored;  // it was read before
  return value.is_none() ? NodeLimits() : read_node_limits(MemberReader(value, "", ignored, ""));
}

ExecutorSet Settings::executors() const {
  return std::move(ExecutorSet::read(find("executors").value).value());  // it was read before
}

std::size_t Settings::max_value_bytes() const {
  return static_cast<std::size_t>(find("max_value_bytes").value.as_int());
}

std::uint64_t Settings::max_cache_bytes() const {
  const Value& value = find("max_cache_bytes").value;
  return value.is_int() ? static_cast<std::uint64_t>(value.as_int()) : ~std::uint64_t{0};
}

std::vector<std::string> Settings::secret_files() const {
  std::vector<std::string> files;
  const Value& value = find("secrets").value;
  for (const Value& file : value.is_list() ? value.as_list() : std::span<const Value>())
    files.emplace_back(file.as_text());
  return files;
}

std::string Settings::state_directory() const {
  const Value& value = find("state_dir").value;
  return value.is_text() ? absolute_path(std::string(value.as_text())) : std::string();
}

std::string Settings::socket() const {
  const Value& value = find("socket").value;
  return value.is_text() ? absolute_path(std::string(value.as_text())) : std::string();
}

std::string Settings::text_of(std::string_view key) const {
  const Setting& setting = find(key);
  if (!setting.value.is_text()) return {};
  const std::string text(setting.value.as_text());
  return setting.entry->kind == SettingKind::kPath ? absolute_path(text) : text;
}

std::vector<std::string> Settings::node_folders() const {
  std::vector<std::string> folders;
  for (const Setting& setting : all_) {
    if (setting.entry->kind == SettingKind::kFolders && setting.value.is_text()) {
      folders.emplace_back(setting.value.as_text());
    }
  }
  return folders;
}

}  // namespace vnode
