#include "apps/vnode/settings/secret_file.h"

#include <sys/stat.h>

#include <algorithm>

#include "apps/vnode/settings/yaml_value.h"
#include "base/private_file.h"
#include "base/text_file.h"
#include "model/json_reader.h"
#include "model/lenient.h"

namespace vnode {
namespace {

constexpr std::size_t kMostSecrets = 1024 * 1024;
constexpr std::string_view kSpacesOfLine = " \t\r";
constexpr std::string_view kWhiteSpace = " \t\r\n";

class SecretLines {
 public:
  explicit SecretLines(std::string_view text) : text_(text) {}

  Result<Secrets> read() {
    Secrets secrets;
    while (skip_to_next()) {
      const std::size_t line = line_;
      const Result<std::string> name = read_name();
      if (!name) return name.error();
      const Result<std::string> value = read_value();
      if (!value) return value.error();
      if (const Result<void> checked = check_secret(*name, *value); !checked)
        return bad(checked.error().message, line);
      set_secret(secrets, *name, *value);
    }
    return secrets;
  }

 private:
  static Error bad(const std::string& message, std::size_t line) {
    return usage_error("line " + std::to_string(line) + ": " + message);
  }
  Error bad(const std::string& message) const { return bad(message, line_); }

  bool is_at_end() const { return at_ == text_.size(); }
  /// What is left of the line, without its end.
  std::string_view rest_of_line() const {
    const std::string_view rest = text_.substr(at_);
    return rest.substr(0, rest.find('\n'));
  }
  void advance(std::size_t size) {
    const std::string_view passed = text_.substr(at_, size);
    line_ += static_cast<std::size_t>(std::count(passed.begin(), passed.end(), '\n'));
    at_ += passed.size();
  }

  /// Past empty lines and comments; false at the end.
  bool skip_to_next() {
    for (;;) {
      advance(std::min(text_.find_first_not_of(kWhiteSpace, at_), text_.size()) - at_);
      if (is_at_end()) return false;
      if (text_[at_] != '#') return true;
      advance(rest_of_line().size());
    }
  }

  Result<std::string> read_name() {
    std::string_view line = rest_of_line();
    const std::size_t equals = line.find('=');
    // (Nothing of the line may be told: it can be the rest of a secret.)
    if (equals == line.npos) return bad("a line must be NAME=VALUE; a value of several lines needs quotes");
    std::string_view name = without_spaces(line.substr(0, equals));
    constexpr std::string_view kExport = "export ";
    if (name.starts_with(kExport)) name = without_spaces(name.substr(kExport.size()));
    if (!is_secret_name(name))
      return bad("what is in front of '=' is no name of a variable; a value of several lines needs quotes");
    advance(equals + 1);
    return std::string(name);
  }

  Result<std::string> read_value() {
    const std::string_view line = rest_of_line();
    advance(std::min(line.find_first_not_of(kSpacesOfLine), line.size()));
    if (!is_at_end() && (text_[at_] == '"' || text_[at_] == '\'')) return read_quoted();
    const std::string_view rest = rest_of_line();
    const std::string_view value = without_spaces(rest);
    if (value.find(" #") != value.npos || value.find("\t#") != value.npos)
      return bad("a value with ' #' needs quotes around it; what stands behind '#' could be a comment");
    advance(rest.size());
    return std::string(value);
  }

  Result<std::string> read_quoted() {
    const char quote = text_[at_];
    const std::size_t first_line = line_;
    std::string value;
    for (advance(1); !is_at_end() && text_[at_] != quote; advance(1)) {
      if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size()) {
        advance(1);
        append_escaped(value, text_[at_]);
      } else {
        value += text_[at_];
      }
    }
    if (is_at_end()) return bad("a quote is not closed", first_line);
    advance(1);
    const std::string_view rest = without_spaces(rest_of_line());
    if (!rest.empty() && rest.front() != '#') return bad("something follows the closing quote");
    advance(rest_of_line().size());
    return value;
  }

  static void append_escaped(std::string& value, char c) {
    constexpr std::string_view kNames = "nrt\"$\\", kMeant = "\n\r\t\"$\\";
    const std::size_t known = kNames.find(c);
    if (known == kNames.npos) value += '\\';
    value += known == kNames.npos ? c : kMeant[known];
  }

  static std::string_view without_spaces(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(kSpacesOfLine), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(kSpacesOfLine) + 1);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

Result<Secrets> secrets_in(const Result<Value>& document, std::string_view form) {
  if (!document) {
    // Messages of the readers quote what they have found.
    return usage_error("is no valid " + std::string(form));
  }
  if (!document->is_dict()) return usage_error("must be an object of names and texts");
  Secrets secrets;
  for (const DictEntry& entry : document->as_entries()) {
    if (!entry.key.is_text()) return usage_error("has a name that is no text");
    const std::string name(entry.key.as_text());
    if (!entry.value.is_text())
      return usage_error("'" + name + "' must be a text; numbers and the like need quotes");
    if (const Result<void> checked = check_secret(name, entry.value.as_text()); !checked)
      return usage_error(checked.error().message);
    set_secret(secrets, name, entry.value.as_text());
  }
  return secrets;
}

Result<Secrets> parse_secrets(const std::string& path, const std::string& text) {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  if (path.ends_with(".yaml") || path.ends_with(".yml")) return secrets_in(parse_yaml(text), "YAML");
  const bool is_object = first != text.npos && text[first] == '{';
  if (is_object || path.ends_with(".json")) return secrets_in(parse_json(text), "JSON");
  return parse_secret_lines(text);
}

/// What a program writes for us, as in `--secret-file <(sops -d secrets.env)`, is nobody else's.
bool is_pipe(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
}

Result<std::string> read_text(const std::string& path) {
  if (!is_pipe(path)) return read_private_file(path, "secrets", kMostSecrets);
  Result<TextFile> file = read_text_file(path);
  if (!file) return usage_error("cannot be read", {.file = path});
  return std::move(file->text);
}

}  // namespace

Result<Secrets> parse_secret_lines(std::string_view text) { return SecretLines(text).read(); }

Result<Secrets> read_secret_file(const std::string& path) {
  const Result<std::string> text = read_text(path);
  if (!text) return text.error();
  Result<Secrets> secrets = parse_secrets(path, *text);
  if (secrets) return secrets;
  Error error = secrets.error();
  error.place.file = path;
  return error;
}

}  // namespace vnode
