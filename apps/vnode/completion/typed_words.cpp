#include "apps/vnode/completion/typed_words.h"

#include <algorithm>

namespace vnode {
namespace {

using Arity = OptionSpec::Arity;

bool is_argument(const OptionSpec& option) { return !option.names.starts_with("-"); }

class TypedWordReader {
 public:
  explicit TypedWordReader(const CommandSpec& program) { typed_.command = &program; }

  TypedWords read(std::span<const std::string> words) {
    if (words.empty()) return typed_;
    for (const std::string& word : words.first(words.size() - 1)) pass(word);
    if (!is_lost_) stop_at(words.back());
    return std::move(typed_);
  }

 private:
  const OptionSpec* find(std::string_view name) const {
    for (const OptionSpec& option : typed_.command->options) {
      const std::vector<std::string> names = option_names(option);
      if (!is_argument(option) && std::find(names.begin(), names.end(), name) != names.end()) return &option;
    }
    return nullptr;
  }

  /// The argument that the next word without dashes is; null when there is none.
  const OptionSpec* next_argument() const {
    std::size_t left = arguments_;
    for (const OptionSpec& option : typed_.command->options) {
      if (!is_argument(option)) continue;
      if (option.arity == Arity::kMany || left == 0) return &option;
      --left;
    }
    return nullptr;
  }

  bool is_option(std::string_view word) const {
    return !are_options_over_ && word.size() > 1 && word[0] == '-';
  }

  void pass(const std::string& word) {
    if (pending_) {
      typed_.given.push_back({pending_, word});
      pending_ = nullptr;
    } else if (!are_options_over_ && word == "--") {
      are_options_over_ = true;
    } else if (is_option(word)) {
      pass_option(word);
    } else if (!typed_.command->subcommands.empty()) {
      enter(word);
    } else if (const OptionSpec* argument = next_argument()) {
      typed_.given.push_back({argument, word});
      ++arguments_;
    }
  }

  void pass_option(const std::string& word) {
    if (word.starts_with("--")) {
      const std::size_t equals = word.find('=');
      const OptionSpec* option = find(word.substr(0, equals));
      if (!option) return;
      if (option->arity == Arity::kSwitch || equals != word.npos) {
        typed_.given.push_back({option, equals == word.npos ? "" : word.substr(equals + 1)});
      } else {
        pending_ = option;
      }
      return;
    }
    std::size_t value = 0;
    const OptionSpec* option = last_of_cluster(word, value);
    if (!option) return;
    if (value < word.size()) {
      typed_.given.push_back({option, word.substr(value)});
    } else {
      pending_ = option;
    }
  }

  /// Of "-fw" or "-fpX" the option that takes a word, which begins at `value`; null when none does. Switches
  /// are noted.
  const OptionSpec* last_of_cluster(std::string_view word, std::size_t& value) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const OptionSpec* option = find("-" + std::string(1, word[i]));
      if (!option) return nullptr;
      if (option->arity != Arity::kSwitch) {
        value = i + 1;
        return option;
      }
      typed_.given.push_back({option, ""});
    }
    return nullptr;
  }

  void enter(const std::string& word) {
    for (const CommandSpec& sub : typed_.command->subcommands) {
      if (sub.name != word) continue;
      typed_.command = &sub;
      return;
    }
    is_lost_ = true;
  }

  void stop_at(const std::string& word) {
    typed_.beginning = word;
    if (pending_) return stop_in(pending_, word, 0);
    if (is_option(word) || (word == "-" && !are_options_over_)) return stop_at_option(word);
    if (!typed_.command->subcommands.empty()) {
      typed_.at = TypedWords::At::kCommand;
    } else if (const OptionSpec* argument = next_argument()) {
      stop_in(argument, word, 0);
    }
  }

  void stop_at_option(const std::string& word) {
    const std::size_t equals = word.find('=');
    if (word.starts_with("--") && equals != word.npos) {
      const OptionSpec* option = find(word.substr(0, equals));
      if (option && option->arity != Arity::kSwitch) stop_in(option, word, equals + 1);
      return;
    }
    std::size_t value = 0;
    if (!word.starts_with("--")) {
      const OptionSpec* option = last_of_cluster(word, value);
      if (option && value < word.size()) return stop_in(option, word, value);
    }
    typed_.at = TypedWords::At::kOption;
  }

  void stop_in(const OptionSpec* option, const std::string& word, std::size_t value) {
    typed_.at = TypedWords::At::kValue;
    typed_.option = option;
    typed_.before = word.substr(0, value);
    typed_.beginning = word.substr(value);
  }

  TypedWords typed_;
  const OptionSpec* pending_ = nullptr;  ///< waits for its word
  std::size_t arguments_ = 0;
  bool are_options_over_ = false;
  bool is_lost_ = false;  ///< in a command that does not exist
};

}  // namespace

std::vector<std::string> TypedWords::words_of(std::string_view name) const {
  std::vector<std::string> words;
  for (const Given& one : given) {
    const std::vector<std::string> names = option_names(*one.option);
    if (std::find(names.begin(), names.end(), name) != names.end()) words.push_back(one.word);
  }
  return words;
}

bool TypedWords::has(const OptionSpec& option) const {
  return std::any_of(given.begin(), given.end(), [&](const Given& one) { return one.option == &option; });
}

TypedWords read_typed_words(const CommandSpec& program, std::span<const std::string> words) {
  return TypedWordReader(program).read(words);
}

std::vector<std::string> option_names(const OptionSpec& option) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= option.names.size();) {
    const std::size_t end = std::min(option.names.find(',', at), option.names.size());
    names.push_back(option.names.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

}  // namespace vnode
