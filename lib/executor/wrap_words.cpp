#include "executor/wrap_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "model/lenient.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

constexpr std::string_view kEnvironmentName = "environment:";

Error bad_wrap(std::string message) { return {ErrorCode::kInvalidValue, std::move(message)}; }

bool is_option_name(std::string_view name) {
  return !name.empty() && !std::isdigit(static_cast<unsigned char>(name.front())) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
         });
}

/// What the node says of it: null where it says nothing.
Result<const Value*> option_of(const std::string& name, const WrapValues& values) {
  const Value* value = values.options ? values.options->find(name) : nullptr;
  if (!value)
    return bad_wrap("{" + name + "} is neither a placeholder nor one of the node's 'executor_options'");
  return value->is_none() ? nullptr : value;
}

}  // namespace

std::string quoted_for_shell(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    text += '\'';
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += '\'';
  }
  return text;
}

Result<WrapWords> WrapWords::read(const Value& list, bool is_stop) {
  WrapWords words;
  words.is_stop_ = is_stop;
  if (!list.is_list()) return bad_wrap("must be a list of words, not " + describe_found(list));
  std::size_t index = 0;
  for (const Value& value : list.as_list()) {
    if (Result<void> added = words.add_entry(value, "word " + std::to_string(index++), is_stop); !added)
      return added.error();
  }
  if (words.is_empty() || words.entries_.front().words.empty()) return bad_wrap("there is no word in it");
  if (words.entries_.front().words.front().front().kind == Kind::kWords)
    return bad_wrap("the first word must be a program of its own");
  return words;
}

Result<void> WrapWords::add_entry(const Value& value, const std::string& place, bool is_stop) {
  Entry entry;
  const auto add = [&](const Value& text) -> Result<void> {
    if (!text.is_text()) return bad_wrap(place + ": must be a text, not " + describe_found(text));
    Result<Word> word = read_word(text.as_text(), is_stop);
    if (!word) return bad_wrap(place + ": " + word.error().message);
    note(*word);
    entry.words.push_back(std::move(*word));
    return {};
  };
  if (!value.is_dict()) {
    if (Result<void> added = add(value); !added) return added;
    entries_.push_back(std::move(entry));
    return {};
  }
  const Value* when = value.as_dict().find("when");
  const Value* more = value.as_dict().find("words");
  if (value.as_dict().size() != 2 || !when || !when->is_text() || !more || !more->is_list() ||
      !is_option_name(when->as_text()))
    return bad_wrap(place + ": an object must be {when: NAME, words: [...]}");
  entry.when = when->as_text();
  for (const Value& text : more->as_list()) {
    if (Result<void> added = add(text); !added) return added;
  }
  entries_.push_back(std::move(entry));
  return {};
}

void WrapWords::note(const Word& word) {
  for (const Piece& piece : word) {
    has_words_ = has_words_ || piece.kind == Kind::kWords || piece.kind == Kind::kQuoted;
    passes_environment_ = passes_environment_ || piece.kind == Kind::kEnvironment;
  }
}

Result<WrapWords::Piece> WrapWords::read_placeholder(std::string_view name, bool is_stop) {
  constexpr std::array<std::pair<std::string_view, Kind>, 8> kNames{{{"words", Kind::kWords},
                                                                     {"quoted", Kind::kQuoted},
                                                                     {"directory", Kind::kDirectory},
                                                                     {"name", Kind::kName},
                                                                     {"signal", Kind::kSignal},
                                                                     {"cpus", Kind::kCpus},
                                                                     {"mem", Kind::kMem},
                                                                     {"time", Kind::kTime}}};
  const std::string shown = "{" + std::string(name) + "}";
  if (name.starts_with(kEnvironmentName)) {
    if (is_stop) return bad_wrap(shown + " cannot stand in 'stop'");
    return Piece{Kind::kEnvironment, std::string(name.substr(kEnvironmentName.size()))};
  }
  for (const auto& [known, kind] : kNames) {
    if (name != known) continue;
    const bool is_of_start = kind == Kind::kWords || kind == Kind::kQuoted;
    if (is_stop && is_of_start) return bad_wrap(shown + " cannot stand in 'stop'");
    if (!is_stop && kind == Kind::kSignal) return bad_wrap("{signal} can stand in 'stop' only");
    return Piece{kind, {}};
  }
  if (is_option_name(name)) return Piece{Kind::kOption, std::string(name)};
  return bad_wrap(shown + " is no placeholder; a brace is written '{{'");
}

Result<WrapWords::Word> WrapWords::read_word(std::string_view text, bool is_stop) {
  Word word;
  std::string plain;
  const auto end_plain = [&] {
    if (!plain.empty()) word.push_back({Kind::kText, std::exchange(plain, {})});
  };
  while (!text.empty()) {
    const std::size_t brace = text.find('{');
    plain += text.substr(0, brace);
    if (brace == text.npos) break;
    text.remove_prefix(brace + 1);
    if (text.starts_with('{')) {
      plain += '{';
      text.remove_prefix(1);
      continue;
    }
    const std::size_t end = text.find('}');
    if (end == text.npos) return bad_wrap("a '{' without its '}'; a brace is written '{{'");
    Result<Piece> piece = read_placeholder(text.substr(0, end), is_stop);
    if (!piece) return piece.error();
    end_plain();
    word.push_back(std::move(*piece));
    text.remove_prefix(end + 1);
  }
  end_plain();
  if (word.empty()) word.push_back({Kind::kText, {}});
  const auto takes_several = [](const Piece& piece) {
    return piece.kind == Kind::kWords || piece.kind == Kind::kEnvironment;
  };
  if (word.size() > 1 && std::any_of(word.begin(), word.end(), takes_several))
    return bad_wrap("{words} and {environment:FLAG} are several words: each must stand alone");
  return word;
}

Result<std::optional<std::string>> WrapWords::text_of(const Piece& piece, const WrapValues& values) {
  const auto unless_empty = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  switch (piece.kind) {
    case Kind::kText:
      return std::optional(piece.text);
    case Kind::kQuoted:
      return std::optional(quoted_for_shell(values.words));
    case Kind::kDirectory:
      return unless_empty(values.directory);
    case Kind::kName:
      return unless_empty(values.name);
    case Kind::kSignal:
      return unless_empty(values.signal);
    case Kind::kCpus:
      return values.cpus;
    case Kind::kMem:
      return values.mem;
    case Kind::kTime:
      return values.time;
    default:
      break;
  }
  const Result<const Value*> option = option_of(piece.text, values);
  if (!option) return option.error();
  return *option ? std::optional(to_text(**option)) : std::nullopt;
}

/// Nullopt: something in it has no value.
Result<WrapWords::Filled> WrapWords::fill_word(const Word& word, const WrapValues& values) {
  const Piece& first = word.front();
  if (first.kind == Kind::kWords) return Filled(std::vector(values.words.begin(), values.words.end()));
  if (first.kind == Kind::kEnvironment) {
    std::vector<std::string> words;
    for (const std::string& variable : values.variables) {
      const bool is_joined = first.text.ends_with('=');
      if (!is_joined) words.push_back(first.text);
      words.push_back(is_joined ? first.text + variable : variable);
    }
    return Filled(std::move(words));
  }
  if (word.size() == 1 && first.kind == Kind::kOption) {
    const Result<const Value*> option = option_of(first.text, values);
    if (!option) return option.error();
    if (*option && (*option)->is_list()) {
      std::vector<std::string> words;
      for (const Value& item : (*option)->as_list()) words.push_back(to_text(item));
      return Filled(std::move(words));
    }
  }
  std::string text;
  for (const Piece& piece : word) {
    Result<std::optional<std::string>> part = text_of(piece, values);
    if (!part) return part.error();
    if (!*part) return Filled();
    text += **part;
  }
  return Filled(std::vector{std::move(text)});
}

/// Whether what `when` names has a value that is not false.
Result<bool> WrapWords::holds(const std::string& when, const WrapValues& values) {
  const Result<Piece> piece = read_placeholder(when, false);
  if (!piece) return piece.error();
  if (piece->kind == Kind::kOption) {
    const Value* value = values.options ? values.options->find(when) : nullptr;
    return value && truthy(*value);
  }
  const Result<std::optional<std::string>> text = text_of(*piece, values);
  if (!text) return text.error();
  return text->has_value();
}

Result<std::vector<std::string>> WrapWords::fill(const WrapValues& values) const {
  std::vector<std::string> all;
  for (const Entry& entry : entries_) {
    if (!entry.when.empty()) {
      const Result<bool> is_met = holds(entry.when, values);
      if (!is_met) return is_met.error();
      if (!*is_met) continue;
    }
    std::vector<std::string> words;
    bool has_values = true;
    for (const Word& word : entry.words) {
      Result<Filled> filled = fill_word(word, values);
      if (!filled) return filled.error();
      has_values = has_values && filled->has_value();
      if (has_values) words.insert(words.end(), (*filled)->begin(), (*filled)->end());
    }
    if (has_values) all.insert(all.end(), words.begin(), words.end());
  }
  if (!has_words_ && !is_stop_) all.insert(all.end(), values.words.begin(), values.words.end());
  return all;
}

}  // namespace vnode
