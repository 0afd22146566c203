#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/vnode/settings/setting_table.h"
#include "base/clock.h"
#include "base/error.h"
#include "engine/run.h"
#include "executor/executor_set.h"
#include "model/value.h"

namespace vnode {

/// What a command line says about settings; filled by `declare_setting_options`.
struct SettingFlags {
  std::map<std::string_view, Value> values;  ///< by key, as `read_setting` gives them
  std::vector<std::string> node_folders;
  std::string config_file;
  std::string encoding = {};  ///< of files of other systems; empty: UTF-8
};

/// Where a setting comes from.
struct SettingSource {
  enum class Kind { kDefault, kFile, kEnvironment, kFlag };
  Kind kind = Kind::kDefault;
  std::string name;  ///< the file, the variable, the option
};

std::string_view kind_name(SettingSource::Kind kind);

struct Setting {
  const SettingEntry* entry = nullptr;
  Value value;  ///< None: the default that has no value ("no limit")
  SettingSource source;
};

/// What is in force: defaults, configuration files, environment, options; of each key the last one that gives
/// it counts. Folders of definitions are the exception: they add up, in that order, and the later folder
/// wins.
class Settings {
 public:
  /// Errors: those of `read_config_file`; kInvalidValue for a variable.
  static Result<Settings> load(const SettingFlags& flags);

  std::string python() const { return text("python"); }
  std::optional<std::uint64_t> memory() const;
  Duration grace() const;
  bool prefers_native() const { return find("prefer_native").value.as_bool(); }
  unsigned jobs() const;  ///< 0: one a core
  LoggedErrors logged_errors() const;
  NodeLimits limits() const;
  ExecutorSet executors() const;
  std::size_t max_value_bytes() const;
  std::uint64_t max_cache_bytes() const;
  /// Files with secrets of every run.
  std::vector<std::string> secret_files() const;
  /// Of definitions that are not UTF-8; empty: not given.
  const std::string& encoding() const { return encoding_; }
  /// Where definitions are looked for, the bundled ones first.
  std::vector<std::string> node_folders() const;
  /// Absolute paths; empty when the environment does not even tell a home folder.
  std::string state_directory() const;
  std::string socket() const;

  /// Texts and paths without a place of their own; empty: not set.
  std::string text_of(std::string_view key) const;
  /// Of a key that is no list of folders: where what is in force comes from.
  const SettingSource& source(std::string_view key) const { return find(key).source; }

  /// By key in the order of the table; folders one by one.
  const std::vector<Setting>& all() const { return all_; }
  struct File {
    std::string path;
    bool is_there = false;
  };
  /// The configuration files that were looked for.
  const std::vector<File>& files() const { return files_; }
  /// What is in force for a key of the table that is no list of folders.
  const Value& value(std::string_view key) const { return find(key).value; }

 private:
  const Setting& find(std::string_view key) const;
  std::string text(std::string_view key) const { return std::string(find(key).value.as_text()); }

  std::vector<Setting> all_;
  std::vector<File> files_;
  std::string encoding_;
};

}  // namespace vnode
