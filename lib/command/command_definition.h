#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "command/shell_text.h"
#include "command/text_template.h"
#include "model/pattern.h"

namespace vnode {

/// Words of a command; left out when the value of `when` is falsy.
struct CommandPart {
  std::string when;  ///< an input; empty: always there
  std::vector<TextTemplate> words;
};

/// What fills an output of a command node, beside those that all of them have.
struct OutputSource {
  enum class Kind : std::uint8_t {
    kText,   ///< of standard output
    kLines,  ///< of it
    kJson,   ///< that it is
    kMatch,  ///< the last match of `pattern` in a line of either stream
    kFile,   ///< `path`, which must exist
    kGlob,   ///< what there is of that form, sorted
    kFileText,
    kFileJson,
  };

  std::string port;
  Kind kind = Kind::kText;
  TextTemplate path = {};
  std::optional<Pattern> pattern = std::nullopt;
};

/// When a command has succeeded.
struct SuccessRules {
  std::vector<int> exit_codes = {0};
  std::vector<TextTemplate> files = {};  ///< must be there afterwards
  bool is_fresh = true;                  ///< and be written by this execution
  std::vector<Pattern> not_in_output = {};
};

/// How its output tells how far it is.
struct ProgressRule {
  enum class Unit : std::uint8_t {
    kPercent,   ///< the first group is 0 to 100
    kFraction,  ///< 0 to 1
    kCount,     ///< one of `total`, or of what the second group says
    kTime,      ///< three groups: hours, minutes, seconds, of `total` seconds
  };

  Pattern pattern;
  Unit unit = Unit::kPercent;
  TextTemplate total = {};
};

/// What its processes may use, as far as a definition limits it.
struct CommandLimits {
  std::optional<std::uint64_t> memory, address_space, open_files;  ///< bytes, bytes, descriptors
  std::optional<std::uint64_t> cpu_seconds;
  int nice = 0;
  std::optional<std::uint64_t> log_bytes;
};

/// What a definition with `command` says beside its ports (rules.md, rules 1 to 4). Immutable.
struct CommandDefinition {
  std::vector<CommandPart> command;
  std::optional<ShellText> shell;  ///< instead of `command`
  std::vector<std::pair<std::string, TextTemplate>> environment = {};
  TextTemplate directory = {};
  std::optional<TextTemplate> input = std::nullopt;  ///< standard input
  std::vector<OutputSource> outputs = {};
  SuccessRules success = {};
  std::optional<ProgressRule> progress = std::nullopt;
  CommandLimits limits = {};
  bool speaks_env = false;
  bool speaks_output = false;
};

}  // namespace vnode
