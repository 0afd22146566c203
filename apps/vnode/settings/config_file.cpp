#include "apps/vnode/settings/config_file.h"

#include <cstdlib>
#include <filesystem>

#include "apps/vnode/settings/setting_value.h"
#include "apps/vnode/settings/yaml_value.h"
#include "base/text_file.h"
#include "model/lenient.h"

namespace vnode {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

Error bad_file(const std::string& path, std::string message) {
  return {ErrorCode::kBadDocument, std::move(message), {.file = path}};
}

/// A path as the file means it.
std::string resolved(std::string_view path, const std::filesystem::path& folder) {
  const std::string home = variable("HOME");
  if (path.starts_with("~/") && !home.empty()) return home + std::string(path.substr(1));
  return (folder / path).lexically_normal().string();
}

Value with_paths(const SettingEntry& entry, const Value& value, const std::filesystem::path& folder) {
  const bool has_paths = entry.kind == SettingKind::kFolders || entry.kind == SettingKind::kFiles;
  if (has_paths && value.is_list()) {
    std::vector<Value> paths;
    for (const Value& item : value.as_list()) paths.emplace_back(resolved(item.as_text(), folder));
    return Value::list(std::move(paths));
  }
  if (entry.kind == SettingKind::kPath && value.is_text()) return Value(resolved(value.as_text(), folder));
  // A plain name is looked for on the PATH.
  if (entry.kind == SettingKind::kProgram && value.is_text() &&
      value.as_text().find('/') != std::string_view::npos) {
    return Value(resolved(value.as_text(), folder));
  }
  return value;
}

const SettingEntry* find_entry(const Value& key) {
  for (const SettingEntry& entry : setting_table()) {
    if (key.is_text() && key.as_text() == entry.key) return &entry;
  }
  return nullptr;
}

}  // namespace

Result<ConfigEntries> read_config_file(const std::string& path) {
  const Result<TextFile> file = read_text_file(path);
  if (!file) return file.error();
  const Result<Value> document = parse_yaml(file->text);
  if (!document) return bad_file(path, document.error().message);
  ConfigEntries entries;
  if (document->is_none()) return entries;
  if (!document->is_dict()) {
    return bad_file(
        path, "the configuration must be a mapping of keys to values, not " + describe_found(*document));
  }
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::absolute(path, ignored).parent_path();
  for (const Dict::Entry& written : document->as_dict()) {
    const SettingEntry* entry = find_entry(written.key);
    if (!entry) {
      const std::string key =
          written.key.is_text() ? std::string(written.key.as_text()) : describe_found(written.key);
      return bad_file(path, "unknown key '" + key + "'; " + advise_setting(key));
    }
    const Result<Value> value = read_setting(*entry, written.value);
    if (!value) return bad_file(path, "'" + std::string(entry->key) + "': " + value.error().message);
    entries.emplace_back(entry->key, with_paths(*entry, *value, folder));
  }
  return entries;
}

std::string user_config_file() {
  std::string folder = variable("XDG_CONFIG_HOME");
  if (!folder.starts_with('/')) {  // the convention: others are to be ignored
    const std::string home = variable("HOME");
    if (home.empty()) return {};
    folder = home + "/.config";
  }
  return folder + "/vnode/vnode.yaml";
}

}  // namespace vnode
