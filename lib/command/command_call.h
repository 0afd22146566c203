#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "command/command_definition.h"

namespace vnode {

/// What one execution starts.
struct CommandCall {
  std::vector<std::string> words;  ///< the program and its arguments
  std::vector<std::pair<std::string, std::string>> environment = {};
  std::string directory = {};  ///< empty: the run's
  std::optional<std::string> input = std::nullopt;
};

/// The command with the values of its inputs. kInvalidValue where they do not make one: a value that is None,
/// a NUL in a word. Where `directory`, `stdin` or a variable is nothing but an input, and that is None, it is
/// not given.
Result<CommandCall> make_call(const CommandDefinition& definition, const ValueOf& value_of);

/// Checks what no program can be given: kInvalidValue, in words.
Result<void> check_call(const CommandCall& call);

/// How people see a command: its words, quoted where a shell would need it, cut to about that size.
std::string command_text(const std::vector<std::string>& words, std::size_t most = 200);

}  // namespace vnode
