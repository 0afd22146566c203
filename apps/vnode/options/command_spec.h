#pragma once

#include <functional>
#include <string>
#include <vector>

#include "apps/vnode/terminal/diagnostics.h"
#include "base/error.h"
#include "base/run_status.h"

namespace vnode {

/// What a command does once its words have been read.
using CommandAction = std::function<ExitCode(Diagnostics&)>;

/// An option or an argument: how it is written, what --help says of it, and who takes its words.
struct OptionSpec {
  enum class Arity {
    kSwitch,  ///< no word of its own
    kOne,     ///< one word, once
    kMany,    ///< one word each time it is given; of an argument: all words that are left
  };

  std::string names;           ///< "-o,--format"; without dashes it is an argument: "FILE"
  std::string type_name = {};  ///< what --help calls a word of it; empty for a switch
  std::string help = {};
  Arity arity = Arity::kOne;
  bool is_required = false;
  std::string section = {};               ///< below which title --help has it; empty: "Options"
  std::vector<std::string> choices = {};  ///< all words that it takes, where these are a few
  /// Gets each word ("true" or "false" of a switch). The message of an error names neither option nor word
  /// list; it is the user's mistake, whatever its code.
  std::function<Result<void>(const std::string& word)> take = {};

  /// The last of the names: what messages call it.
  std::string name() const { return names.substr(names.rfind(',') + 1); }
};

/// A command line that people can begin with, and what it does.
struct CommandExample {
  std::string line;
  std::string help;
};

/// A command of the program or of another command: all that is known of its words before any is read. Plain
/// data: help, parsing, and whatever else describes the command line, are made of it. What `take` and
/// `action` write to must live as long as the spec.
struct CommandSpec {
  std::string name;
  std::string summary;
  std::vector<OptionSpec> options = {};       ///< in the order of --help
  std::vector<CommandSpec> subcommands = {};  ///< with any of them, one has to follow
  std::vector<CommandExample> examples = {};
  CommandAction action = {};  ///< empty where there are subcommands
};

}  // namespace vnode
