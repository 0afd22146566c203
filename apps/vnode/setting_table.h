#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/value.h"

namespace vnode {

enum class SettingKind {
  kProgram,  ///< a name that is looked for on the PATH, or a path
  kSize,     ///< bytes
  kDuration,
  kFolders,
  kSwitch,
  kCount,
};

/// One thing that can be configured: its key in vnode.yaml, its options, its default.
struct SettingEntry {
  std::string_view key;
  SettingKind kind;
  std::string_view options;        ///< on the command line: "-j,--jobs"
  std::string_view variable;       ///< of the environment; empty where there is none
  std::string_view standard;       ///< the default, as a file would give it; empty: see `standard_text`
  std::string_view standard_text;  ///< for people, where there is no value for it: "no limit"
  std::string_view type_name;      ///< what --help calls the value
  std::string_view summary;
  std::uint64_t least = 0;  ///< of sizes and counts
  std::uint64_t most = ~std::uint64_t{0};

  /// The last of the options: what messages call it.
  std::string_view option() const { return options.substr(options.rfind(',') + 1); }
};

/// In the order in which they are shown.
std::span<const SettingEntry> setting_table();

/// The key must exist.
const SettingEntry& find_setting(std::string_view key);
/// "did you mean 'memory'?", or which keys there are.
std::string advise_setting(std::string_view wrong_key);

/// A setting as it is kept: sizes and counts are numbers, switches booleans, folders a list of texts,
/// durations and programs texts. None stands for the default. `written`: what a file has. The message names
/// neither file nor key.
Result<Value> read_setting(const SettingEntry& entry, const Value& written);

/// The same for the word that an option or the environment gives; not for folders and switches.
Result<Value> read_setting_word(const SettingEntry& entry, std::string_view word);

}  // namespace vnode
