#include "apps/vnode/options/option_builders.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/duration_text.h"
#include "base/spelling.h"
#include "node/node_limits.h"

namespace vnode {
namespace {

using Arity = OptionSpec::Arity;

OptionSpec& add(CommandSpec& command, OptionSpec option) {
  return command.options.emplace_back(std::move(option));
}

std::string joined_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : "|") + word;
  return text;
}

/// Which of the words it is.
Result<std::size_t> find_choice(const std::vector<std::string>& words, const std::string& given) {
  const auto found = std::find(words.begin(), words.end(), given);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  if (words.size() == 1) return usage_error("must be '" + words.front() + "', not '" + given + "'");
  return usage_error(
      with_hint("'" + given + "' is none of " + joined_words(words), spelling_hint(given, words)));
}

template <class Number>
std::optional<Number> parse_whole(const std::string& text) {
  Number number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

void title_options(CommandSpec& command, std::size_t first, std::string_view title) {
  for (std::size_t i = first; i < command.options.size(); ++i) {
    if (command.options[i].section.empty()) command.options[i].section = title;
  }
}

OptionSpec& add_switch(CommandSpec& command, const std::string& names, bool& is_on, const std::string& help) {
  const auto take = [&is_on](const std::string& word) -> Result<void> {
    is_on = word == "true";
    return {};
  };
  return add(command, {.names = names, .help = help, .arity = Arity::kSwitch, .take = take});
}

OptionSpec& add_text(CommandSpec& command, const std::string& names, std::string& text,
                     const std::string& type_name, const std::string& help) {
  const auto take = [&text](const std::string& word) -> Result<void> {
    text = word;
    return {};
  };
  return add(command, {.names = names, .type_name = type_name, .help = help, .take = take});
}

OptionSpec& add_nonempty_text(CommandSpec& command, const std::string& names, std::string& text,
                              const std::string& type_name, const std::string& help) {
  const auto take = [&text](const std::string& word) -> Result<void> {
    if (word.empty()) return usage_error("must not be empty");
    text = word;
    return {};
  };
  return add(command, {.names = names, .type_name = type_name, .help = help, .take = take});
}

Result<void> check_folder(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  const std::string first = path.substr(0, path.find(':'));
  const bool is_list = first.size() < path.size() && std::filesystem::is_directory(first, error);
  return usage_error(
      with_hint("there is no folder '" + path + "'", is_list ? "give the option once for each folder" : ""));
}

OptionSpec& add_folder(CommandSpec& command, const std::string& names, std::string& folder,
                       const std::string& help) {
  const auto take = [&folder](const std::string& word) {
    folder = word;
    return check_folder(word);
  };
  return add(command, {.names = names, .type_name = "DIR", .help = help, .take = take});
}

OptionSpec& add_texts(CommandSpec& command, const std::string& names, std::vector<std::string>& texts,
                      const std::string& type_name, const std::string& help) {
  const auto take = [&texts](const std::string& word) -> Result<void> {
    texts.push_back(word);
    return {};
  };
  return add(command,
             {.names = names, .type_name = type_name, .help = help, .arity = Arity::kMany, .take = take});
}

OptionSpec& add_choice(CommandSpec& command, const std::string& names, const std::vector<std::string>& words,
                       const std::string& help, std::function<void(std::size_t)> store) {
  const auto take = [words, store = std::move(store)](const std::string& word) -> Result<void> {
    const Result<std::size_t> choice = find_choice(words, word);
    if (!choice) return choice.error();
    store(*choice);
    return {};
  };
  return add(
      command,
      {.names = names, .type_name = joined_words(words), .help = help, .choices = words, .take = take});
}

OptionSpec& add_choice(CommandSpec& command, const std::string& names, std::string& chosen,
                       const std::vector<std::string>& words, const std::string& help) {
  return add_choice(command, names, words, help,
                    [words, &chosen](std::size_t choice) { chosen = words[choice]; });
}

OptionSpec& add_choices(CommandSpec& command, const std::string& names, std::vector<std::string>& chosen,
                        const std::vector<std::string>& words, const std::string& help) {
  OptionSpec& option = add_choice(command, names, words, help,
                                  [words, &chosen](std::size_t choice) { chosen.push_back(words[choice]); });
  option.arity = Arity::kMany;
  return option;
}

OptionSpec& add_number(CommandSpec& command, const std::string& names, const std::string& type_name,
                       const std::string& help, std::uint64_t least, std::uint64_t most,
                       std::function<void(std::uint64_t)> store) {
  const auto take = [=, store = std::move(store)](const std::string& word) -> Result<void> {
    const auto number = parse_whole<std::uint64_t>(word);
    if (!number || *number < least || *number > most) {
      return usage_error("'" + word + "' is no whole number from " + std::to_string(least) + " to " +
                         std::to_string(most));
    }
    store(*number);
    return {};
  };
  return add(command, {.names = names, .type_name = type_name, .help = help, .take = take});
}

OptionSpec& add_integer(CommandSpec& command, const std::string& names, std::optional<std::int64_t>& number,
                        const std::string& help) {
  const auto take = [&number](const std::string& word) -> Result<void> {
    const std::optional<int> read = parse_whole<int>(word);
    if (!read) return usage_error("'" + word + "' is no whole number");
    number = *read;
    return {};
  };
  return add(command, {.names = names, .type_name = "N", .help = help, .take = take});
}

OptionSpec& add_duration(CommandSpec& command, const std::string& names, const std::string& help,
                         std::function<void(Duration)> store) {
  const auto take = [store = std::move(store)](const std::string& word) -> Result<void> {
    const Result<Duration> duration = parse_duration(word);
    if (!duration) return duration.error();
    store(*duration);
    return {};
  };
  return add(command, {.names = names, .type_name = "TIME", .help = help, .take = take});
}

void add_node_limits(CommandSpec& command, const std::string& retries, NodeLimitOptions store) {
  add_duration(command, "--node-timeout",
               "What each node may take of its own time in one try, where it does not say itself",
               std::move(store.timeout));
  add_duration(command, "--idle-timeout", "The same, of its own time without output, progress, push or log",
               std::move(store.idle_timeout));
  add_number(command, retries, "N",
             "Try a failed node again, up to so many times, where it does not say itself", 0, kMostRetries,
             std::move(store.retries));
}

}  // namespace vnode
