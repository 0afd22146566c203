#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/vnode/options/command_spec.h"
#include "base/clock.h"

namespace vnode {

// Each declares one option of `command`, of a kind that many commands have. What they fill must live as long
// as the command; the reference that they return is good until the next option is declared.

/// Puts the options from the `first` on below that title of --help, but for those that are below one already.
void title_options(CommandSpec& command, std::size_t first, std::string_view title);

/// Without a word: given or not.
OptionSpec& add_switch(CommandSpec& command, const std::string& names, bool& is_on, const std::string& help);

/// Any text, also an empty one.
OptionSpec& add_text(CommandSpec& command, const std::string& names, std::string& text,
                     const std::string& type_name, const std::string& help);

/// A text that must say something: empty, as from an unset variable of a script, is an error.
OptionSpec& add_nonempty_text(CommandSpec& command, const std::string& names, std::string& text,
                              const std::string& type_name, const std::string& help);

/// What is wrong with a path that should be a folder.
Result<void> check_folder(const std::string& path);

/// A folder that is there.
OptionSpec& add_folder(CommandSpec& command, const std::string& names, std::string& folder,
                       const std::string& help);

/// One text each time it is given; of an argument, all that are left.
OptionSpec& add_texts(CommandSpec& command, const std::string& names, std::vector<std::string>& texts,
                      const std::string& type_name, const std::string& help);

/// One word of a few.
OptionSpec& add_choice(CommandSpec& command, const std::string& names, std::string& chosen,
                       const std::vector<std::string>& words, const std::string& help);

/// One word of a few each time it is given.
OptionSpec& add_choices(CommandSpec& command, const std::string& names, std::vector<std::string>& chosen,
                        const std::vector<std::string>& words, const std::string& help);

/// A whole number within limits.
OptionSpec& add_number(CommandSpec& command, const std::string& names, const std::string& type_name,
                       const std::string& help, std::uint64_t least, std::uint64_t most,
                       std::function<void(std::uint64_t)> store);

/// A whole number of 32 bits, which may be negative.
OptionSpec& add_integer(CommandSpec& command, const std::string& names, std::optional<std::int64_t>& number,
                        const std::string& help);

/// A time span: 300ms, 90s, 1.5h.
OptionSpec& add_duration(CommandSpec& command, const std::string& names, const std::string& help,
                         std::function<void(Duration)> store);

/// The limits of all nodes (engine rule 35): --node-timeout, --idle-timeout and `retries`, which is the name
/// of an option.
struct NodeLimitOptions {
  std::function<void(Duration)> timeout, idle_timeout;
  std::function<void(std::uint64_t)> retries;
};
void add_node_limits(CommandSpec& command, const std::string& retries, NodeLimitOptions store);

/// One word of a few; `store` gets which, counted from 0.
OptionSpec& add_choice(CommandSpec& command, const std::string& names, const std::vector<std::string>& words,
                       const std::string& help, std::function<void(std::size_t)> store);

/// One word of a few, each of which stands for a value.
template <class Choice, std::size_t N, class Store>
OptionSpec& add_choice(CommandSpec& command, const std::string& names,
                       const std::array<std::pair<const char*, Choice>, N>& choices, const std::string& help,
                       Store store) {
  std::vector<std::string> words;
  for (const auto& [word, choice] : choices) words.emplace_back(word);
  return add_choice(command, names, words, help,
                    [choices, store](std::size_t index) { store(choices[index].second); });
}

}  // namespace vnode
