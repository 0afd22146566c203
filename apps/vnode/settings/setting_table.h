#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vnode {

enum class SettingKind {
  kProgram,  ///< a name that is looked for on the PATH, or a path
  kPath,     ///< a file or folder
  kText,
  kSize,  ///< bytes
  kDuration,
  kFolders,
  kFiles,
  kSwitch,
  kChoice,  ///< one of `choices`
  kCount,
  kCountMap,   ///< {name: whole number}
  kAmountMap,  ///< {name: number or size}
  kLimits,     ///< limits of nodes, as in definitions
  kExecutors,  ///< {name: {kind, words, stop}}
  kHooks,      ///< list of {command: [program, argument...]} and {url: ...}
};

/// What stands for "no limit" in settings that have a limit by default: null there puts the default back.
inline constexpr std::string_view kUnlimited = "unlimited";

/// One thing that can be configured: its key in vnode.yaml, its options, its default.
struct SettingEntry {
  std::string_view key;
  SettingKind kind;
  std::string_view options = {};        ///< on the command line: "-j,--jobs"; empty: only in files
  std::string_view variable = {};       ///< of the environment; empty where there is none
  std::string_view standard = {};       ///< the default, as a file would give it; empty: see `standard_text`
  std::string_view standard_text = {};  ///< for people, where there is no value for it: "no limit"
  std::string_view type_name = {};      ///< what --help calls the value
  std::string_view summary;
  std::string_view choices = {};  ///< of a kChoice: "fail|report"
  std::uint64_t least = 0;        ///< of sizes and counts, each one of a map
  std::uint64_t most = ~std::uint64_t{0};
  bool may_be_unlimited = false;  ///< takes `kUnlimited`

  /// The last of the options: what messages call it.
  std::string_view option() const { return options.substr(options.rfind(',') + 1); }
};

/// The words that a kChoice can be.
std::vector<std::string> setting_choices(const SettingEntry& entry);

/// In the order in which they are shown.
std::span<const SettingEntry> setting_table();

/// The key must exist.
const SettingEntry& find_setting(std::string_view key);
/// "did you mean 'memory'?", or which keys there are.
std::string advise_setting(std::string_view wrong_key);

}  // namespace vnode
