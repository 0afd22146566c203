#include "apps/vnode/settings/config_report.h"

#include "apps/vnode/terminal/terminal_text.h"
#include "apps/vnode/terminal/text_table.h"
#include "base/size_text.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

std::string value_text(const Setting& setting) {
  const Value& value = setting.value;
  if (value.is_none()) return std::string(setting.entry->standard_text);
  if (value.is_text()) return harmless_line(value.as_text());
  if (setting.entry->kind == SettingKind::kSize) return size_text(static_cast<std::uint64_t>(value.as_int()));
  std::string text;
  append_json(text, value);
  return text;
}

std::string source_text(const SettingSource& source) {
  const std::string text(kind_name(source.kind));
  return source.name.empty() ? text : text + " " + harmless_line(source.name);
}

Value source_value(const Setting& setting) {
  Dict dict = {{"value", setting.value}, {"source", Value(kind_name(setting.source.kind))}};
  if (!setting.source.name.empty()) dict.set("from", setting.source.name);
  return Value(std::move(dict));
}

}  // namespace

std::string settings_text(const Settings& settings) {
  TextRows rows;
  std::string_view last;
  for (const Setting& setting : settings.all()) {
    const std::string_view key = setting.entry->key;
    rows.push_back({key == last ? "" : std::string(key), value_text(setting), source_text(setting.source)});
    last = key;
  }
  std::string out = table_text(rows, "") + "\nfiles:\n";
  TextRows files;
  for (const Settings::File& file : settings.files()) {
    files.push_back({harmless_line(file.path), file.is_there ? "read" : "not there"});
  }
  return out + table_text(files, "  ");
}

Value settings_value(const Settings& settings) {
  Dict keys;
  std::vector<Value> folders;
  for (const Setting& setting : settings.all()) {
    if (setting.entry->kind != SettingKind::kFolders) {
      keys.set(setting.entry->key, source_value(setting));
    } else if (setting.value.is_text()) {
      folders.push_back(source_value(setting));
    }
  }
  keys.set("nodes", Value::list(std::move(folders)));
  std::vector<Value> files;
  for (const Settings::File& file : settings.files()) {
    files.push_back(Value(Dict{{"file", Value(file.path)}, {"is_there", Value(file.is_there)}}));
  }
  return Value(Dict{{"settings", Value(std::move(keys))}, {"files", Value::list(std::move(files))}});
}

}  // namespace vnode
