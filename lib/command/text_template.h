#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/port.h"
#include "model/value.h"

namespace vnode {

/// The value of an input, or of a secret by its name with the prefix; None where there is none.
using ValueOf = std::function<Value(std::string_view port)>;

/// `{secret.NAME}` stands for a secret of the run, where it may stand at all (rules.md, rule 12).
inline constexpr std::string_view kSecretPrefix = "secret.";

/// Whether a text has such a placeholder in it.
bool names_secret(std::string_view text);

/// What may stand in braces: the names of the inputs, and which of them are paths.
class PlaceholderNames {
 public:
  /// The data inputs among them.
  explicit PlaceholderNames(const std::vector<Port>& inputs);
  /// Names of which none is a path.
  explicit PlaceholderNames(std::vector<std::string> names);
  /// The same, and secrets.
  PlaceholderNames with_secrets() const;

  bool has(std::string_view name) const;
  bool is_path(std::string_view name) const;
  const std::vector<std::string>& names() const { return names_; }
  bool takes_secrets() const { return takes_secrets_; }
  /// Why that name cannot stand in braces.
  std::string complaint(std::string_view name) const;

 private:
  std::vector<std::string> names_;
  std::vector<std::string> paths_;
  bool takes_secrets_ = false;
};

/// A text with placeholders for values (rules.md, rule 2). Immutable.
class TextTemplate {
 public:
  TextTemplate() = default;
  /// `{port}` for a value, `{{` for a brace; any other `{` is an error (kInvalidValue).
  static Result<TextTemplate> parse(std::string_view text, const PlaceholderNames& names);
  /// The same for a text that was not written for it: `{name}` for those names, and every other brace stays.
  static TextTemplate parse_leniently(std::string_view text, const PlaceholderNames& names);
  static TextTemplate plain(std::string text);

  /// Not null when the text is exactly `{port}`.
  const std::string* lone_port() const;
  bool has_ports() const;

  /// The text with the values in it. kInvalidValue where one is None. `escape`: how values are written; null:
  /// as they are.
  Result<std::string> fill(const ValueOf& value_of, std::string (*escape)(std::string_view) = nullptr) const;
  /// The words that it becomes: one; of a lone port with a list one an item.
  Result<void> append_words(const ValueOf& value_of, std::vector<std::string>& words) const;

 private:
  struct Piece {
    std::string text;  ///< or the name of the port
    bool is_port = false;
    bool is_path = false;
  };
  void add_text(std::string_view text);

  std::vector<Piece> pieces_;
};

/// A value as text for a program. `is_path`: with "./" in front where it would be taken for an option.
/// kInvalidValue, naming the port, for None.
Result<std::string> text_for_program(const Value& value, std::string_view port, bool is_path);

/// True of the types of ports whose values are names of files and folders.
bool is_path_type(std::string_view type);

}  // namespace vnode
