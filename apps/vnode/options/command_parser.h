#pragma once

#include <array>
#include <string>
#include <string_view>
#include <variant>

#include "apps/vnode/options/command_spec.h"

namespace vnode {

/// --help was asked for.
struct HelpText {
  std::string text;
};

/// The words make no sense.
struct UsageMistake {
  std::string message;
  std::string command;  ///< whose --help would tell: "vnode nodes show"
};

/// All words were taken: what to do now. Owned by the spec.
struct ParsedCommand {
  const CommandAction* action;
  bool is_verbose;
};

using CommandReading = std::variant<ParsedCommand, HelpText, UsageMistake>;

/// What every command has, beside its own options.
struct CommonOption {
  std::string_view name;
  std::string_view help;
};
inline constexpr std::array<CommonOption, 3> kCommonOptions = {
    {{"-h", "Print this help message and exit"},
     {"--help", "Print this help message and exit"},
     {"--verbose", "Say on standard error what the program does"}}};

/// Reads the words of a command: argv[0] is its name, and `program` stands before it in what people read
/// ("vnode"). `kCommonOptions` belong to every command.
/// This is the only place that knows the library that parses (CLI11): compiling it costs seconds a file.
CommandReading read_command_line(const CommandSpec& command, const std::string& program, int argc,
                                 const char* const* argv);

}  // namespace vnode
