#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/vnode/options/command_spec.h"

namespace vnode {

/// A command line up to the cursor, as the specs of the commands read it. Nothing of it has to make sense:
/// what nobody knows is passed over. Refers to the spec that it was read by.
struct TypedWords {
  /// What the word at the cursor is the beginning of.
  enum class At {
    kCommand,  ///< the name of a subcommand of `command`
    kOption,   ///< the name of an option
    kValue,    ///< a word of `option`
    kNothing,  ///< there is no room for a word here
  };
  struct Given {
    const OptionSpec* option = nullptr;
    std::string word;  ///< empty of a switch
  };

  const CommandSpec* command = nullptr;  ///< the innermost one
  At at = At::kNothing;
  const OptionSpec* option = nullptr;  ///< with kValue: the option or the argument
  std::string before;                  ///< with kValue: what of the word stands before the value: "--format="
  std::string beginning;               ///< of the value, or of the name
  std::vector<Given> given;            ///< before the cursor, in order

  /// The words of the options or arguments of that name.
  std::vector<std::string> words_of(std::string_view name) const;
  bool has(const OptionSpec& option) const;
};

/// `program` has all commands as its subcommands. `words`: what stands behind the program's name; the last
/// one is that at the cursor, and may be empty.
TypedWords read_typed_words(const CommandSpec& program, std::span<const std::string> words);

/// The names of an option: "-o", "--format".
std::vector<std::string> option_names(const OptionSpec& option);

}  // namespace vnode
