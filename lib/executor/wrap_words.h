#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// What the placeholders of a wrap stand for: one process of one node. What is empty or nullopt has no value.
struct WrapValues {
  std::span<const std::string> words;      ///< the process's own
  std::string directory;                   ///< where it works: absolute
  std::span<const std::string> variables;  ///< names of those that the node sets, and of vnode's own
  std::string name;                        ///< unique, of letters, digits, "-", "_" and "."
  std::string signal;                      ///< of `stop`: "TERM" or "KILL"
  std::optional<std::string> cpus, mem, time;
  const Dict* options = nullptr;  ///< the node's `executor_options`; null: none
};

/// The words of a wrap with their placeholders (rules.md, rule 3). Immutable.
class WrapWords {
 public:
  WrapWords() = default;
  /// `list`: texts, and objects {when, words}. `is_stop`: `{signal}` may stand in it, and the words of the
  /// process cannot. kInvalidValue, naming the entry.
  static Result<WrapWords> read(const Value& list, bool is_stop);

  bool is_empty() const { return entries_.empty(); }
  /// `{environment:FLAG}` is among them.
  bool passes_environment() const { return passes_environment_; }
  /// kInvalidValue where a placeholder is neither known nor one of the options.
  Result<std::vector<std::string>> fill(const WrapValues& values) const;

 private:
  enum class Kind {
    kText,
    kWords,
    kQuoted,
    kDirectory,
    kEnvironment,
    kName,
    kSignal,
    kCpus,
    kMem,
    kTime,
    kOption
  };
  struct Piece {
    Kind kind = Kind::kText;
    std::string text;  ///< as it is; what stands before each name of a variable; the name of the option
  };
  using Word = std::vector<Piece>;
  struct Entry {
    std::string when;  ///< empty: always
    std::vector<Word> words;
  };
  using Filled = std::optional<std::vector<std::string>>;

  static Result<Word> read_word(std::string_view text, bool is_stop);
  static Result<Piece> read_placeholder(std::string_view name, bool is_stop);
  Result<void> add_entry(const Value& value, const std::string& place, bool is_stop);
  void note(const Word& word);
  static Result<Filled> fill_word(const Word& word, const WrapValues& values);
  static Result<std::optional<std::string>> text_of(const Piece& piece, const WrapValues& values);
  static Result<bool> holds(const std::string& when, const WrapValues& values);

  std::vector<Entry> entries_;
  bool has_words_ = false;
  bool is_stop_ = false;
  bool passes_environment_ = false;
};

/// One text that a shell reads as those words again.
std::string quoted_for_shell(std::span<const std::string> words);

}  // namespace vnode
