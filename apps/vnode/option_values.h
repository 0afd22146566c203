#pragma once

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "base/duration_text.h"
#include "base/text.h"

namespace vnode {

/// An option whose value is one word of a few.
template <class Choice, std::size_t N, class Store>
void add_choice(CLI::App& app, const std::string& name, const std::string& help,
                const std::array<std::pair<const char*, Choice>, N>& choices, Store store) {
  std::string words;
  for (const auto& [word, choice] : choices) words += (words.empty() ? "" : "|") + std::string(word);
  app.add_option_function<std::string>(
         name,
         [=](const std::string& text) {
           std::vector<std::string> known;
           for (const auto& [word, choice] : choices) {
             if (text == word) return store(choice);
             known.emplace_back(word);
           }
           const std::string nearest = nearest_word(text, known);
           throw CLI::ValidationError(name, "'" + text + "' is none of " + words +
                                                (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
         },
         help)
      ->type_name(words);
}

/// An option whose value is a whole number within limits. (CLI11 lets unsigned numbers wrap around.)
template <class Store>
CLI::Option* add_number(CLI::App& app, const std::string& names, const std::string& type,
                        const std::string& help, std::uint64_t least, std::uint64_t most, Store store) {
  return app
      .add_option_function<std::string>(
          names,
          [=](const std::string& text) {
            std::uint64_t number = 0;
            const char* end = text.data() + text.size();
            const auto parsed = std::from_chars(text.data(), end, number);
            if (parsed.ec != std::errc() || parsed.ptr != end || number < least || number > most) {
              throw CLI::ValidationError(names, "'" + text + "' is no whole number from " +
                                                    std::to_string(least) + " to " + std::to_string(most));
            }
            store(number);
          },
          help)
      ->type_name(type);
}

/// For a text that must say something: empty, as from an unset variable of a script, is an error.
inline CLI::Validator not_empty() {
  const auto check = [](const std::string& given) {
    return given.empty() ? std::string("must not be empty") : std::string();
  };
  return CLI::Validator(check, "");
}

inline CLI::Option* add_text(CLI::App& app, const std::string& names, std::string& text,
                             const std::string& type, const std::string& help) {
  return app.add_option(names, text, help)->type_name(type)->check(not_empty());
}

/// An option whose value is a time span: 300ms, 90s, 1.5h.
template <class Store>
void add_duration(CLI::App& app, const std::string& name, const std::string& help, Store store) {
  app.add_option_function<std::string>(
         name,
         [=](const std::string& text) {
           Result<Duration> duration = parse_duration(text);
           if (!duration) throw CLI::ValidationError(name, duration.error().message);
           store(*duration);
         },
         help)
      ->type_name("TIME");
}

}  // namespace vnode
