#include "command/shell_text.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <optional>

namespace vnode {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool ends_word(char c) {
  return is_blank(c) || c == '\n' || std::string_view(";&|()<>").find(c) != std::string_view::npos;
}
bool is_name_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
}

/// Reads a shell's text as far as it must be known where a value may stand. What it does not follow (a
/// command substitution in double quotes, say) it takes for part of what is around it: there no placeholder
/// is possible.
class ShellReader {
 public:
  ShellReader(std::string_view text, const PlaceholderNames& names) : text_(text), names_(names) {}

  Result<ShellText> read() {
    while (at_ < text_.size() && !error_) step();
    if (!error_ && !here_documents_.empty()) fail("a here-document has no body");
    if (error_) return Error{ErrorCode::kInvalidValue, *error_};
    return std::move(result_);
  }

 private:
  struct HereDocument {
    std::string end;
    bool skips_tabs;
  };

  void step() {
    const char c = text_[at_];
    const bool begins_word = begins_word_;
    begins_word_ = ends_word(c);
    switch (c) {
      case '\\':
        return copy(2);
      case '\'':
        return quoted('\'', "quotes");
      case '"':
        return quoted('"', "quotes");
      case '`':
        return quoted('`', "backquotes");
      case '#':
        return begins_word ? comment() : copy(1);
      case '$':
        return dollar();
      case '<':
        return less();
      case '\n':
        return newline();
      case '{':
        return brace();
      default:
        return copy(1);
    }
  }

  void copy(std::size_t size) {
    size = std::min(size, text_.size() - at_);
    result_.script += text_.substr(at_, size);
    at_ += size;
  }

  /// Up to `end`, where placeholders are mistakes. `{{` is a brace there, too.
  void copy_without_placeholders(std::size_t end, const std::string& where) {
    while (at_ < end && !error_) {
      if (text_[at_] != '{') {
        copy(1);
      } else if (at_ + 1 < end && text_[at_ + 1] == '{') {
        copy(1);
        ++at_;
      } else if (const std::string_view name = name_at(at_); names_.has(name)) {
        fail("{" + std::string(name) + "} is inside " + where +
             ", where it would not stand for a value of its own; write it outside of them");
      } else {
        copy(1);
      }
    }
  }

  void quoted(char quote, const std::string& where) {
    const std::size_t end = end_of_quotes(at_, 0);
    if (end > text_.size()) return fail("a " + std::string(1, quote) + " is not closed");
    copy_without_placeholders(end, where);
  }

  /// Behind the quote that closes the one there; beyond the text when none does. In double quotes a command
  /// substitution has quotes of its own.
  std::size_t end_of_quotes(std::size_t at, int depth) const {
    const char quote = text_[at++];
    while (at < text_.size() && text_[at] != quote) {
      if (quote != '\'' && text_[at] == '\\') {
        at += 2;
      } else if (quote == '"' && text_.substr(at).starts_with("$(")) {
        at = end_of_substitution(at + 2, depth);
      } else {
        ++at;
      }
    }
    return at < text_.size() ? at + 1 : text_.size() + 1;
  }

  std::size_t end_of_substitution(std::size_t at, int depth) const {
    constexpr int kMostNested = 50;
    if (depth == kMostNested) return text_.size() + 1;
    for (int open = 1; at < text_.size() && open > 0;) {
      const char c = text_[at];
      if (c == '\'' || c == '"') {
        at = end_of_quotes(at, depth + 1);
        continue;
      }
      if (c == '(') ++open;
      if (c == ')') --open;
      at += c == '\\' ? 2 : 1;
    }
    return at;
  }

  void comment() { copy_without_placeholders(std::min(text_.find('\n', at_), text_.size()), "a comment"); }

  void dollar() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("$'")) return fail("$'...' means different things to different shells");
    if (rest.starts_with("$((")) return nested(3, ')', 2, "an arithmetic expression");
    if (!rest.starts_with("${")) return copy(1);
    const std::string_view name = name_at(at_ + 1);
    if (names_.has(name)) {
      return fail("${" + std::string(name) + "} is a variable of the shell; the value is {" +
                  std::string(name) + "}");
    }
    nested(2, '}', 1, "${...}");
  }

  /// From an opening to its closing, over what is opened and closed within.
  void nested(std::size_t opening, char close, std::size_t closings, const std::string& where) {
    const char open = close == ')' ? '(' : '{';
    std::size_t depth = closings, end = at_ + opening;
    for (; end < text_.size() && depth > 0; ++end) {
      if (text_[end] == '\\')
        ++end;
      else if (text_[end] == open)
        ++depth;
      else if (text_[end] == close)
        --depth;
    }
    if (depth > 0) return fail("a " + std::string(text_.substr(at_, opening)) + " is not closed");
    copy_without_placeholders(end, where);
  }

  /// A redirection; of a here-document it remembers how it ends.
  void less() {
    if (!text_.substr(at_).starts_with("<<") || text_.substr(at_).starts_with("<<<")) {
      return copy(text_.substr(at_).starts_with("<<<") ? 3 : 1);
    }
    copy(2);
    HereDocument document{"", at_ < text_.size() && text_[at_] == '-'};
    if (document.skips_tabs) copy(1);
    while (at_ < text_.size() && is_blank(text_[at_])) copy(1);
    const std::size_t begin = at_;
    std::size_t end = at_;
    char quote = 0;
    for (; end < text_.size() && (quote != 0 || !ends_word(text_[end])); ++end) {
      const char c = text_[end];
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else if (c == '\\' && quote != '\'' && end + 1 < text_.size()) {
        document.end += text_[++end];
      } else {
        document.end += c;
      }
    }
    if (end == begin || quote != 0) return fail("a here-document has no word that ends it");
    copy_without_placeholders(std::min(end, text_.size()), "the word that ends a here-document");
    here_documents_.push_back(std::move(document));
  }

  void newline() {
    copy(1);
    for (; !here_documents_.empty() && !error_; here_documents_.pop_front())
      here_document(here_documents_.front());
  }

  void here_document(const HereDocument& document) {
    std::size_t line = at_;
    while (line < text_.size()) {
      const std::size_t end = std::min(text_.find('\n', line), text_.size());
      std::string_view content = text_.substr(line, end - line);
      while (document.skips_tabs && content.starts_with('\t')) content.remove_prefix(1);
      line = std::min(end + 1, text_.size());
      if (content == document.end) return copy_without_placeholders(line, "a here-document");
    }
    fail("a here-document is not ended by a line with " + document.end);
  }

  void brace() {
    if (text_.substr(at_).starts_with("{{")) {
      copy(1);
      ++at_;
      return;
    }
    const std::string_view name = name_at(at_);
    if (names_.has(name)) return placeholder(name);
    const bool looks_like_one = !name.empty() && std::all_of(name.begin(), name.end(), is_name_char);
    if (looks_like_one) return fail(names_.complaint(name));
    copy(1);  // of the shell's own
  }

  void placeholder(std::string_view name) {
    auto& parameters = result_.parameters;
    auto known =
        std::find_if(parameters.begin(), parameters.end(), [&](const auto& one) { return one.port == name; });
    if (known == parameters.end())
      known = parameters.insert(known, {std::string(name), names_.is_path(name)});
    result_.script += "\"${" + std::to_string(known - parameters.begin() + 1) + "}\"";
    at_ += name.size() + 2;
    begins_word_ = false;
  }

  /// What stands between the brace there and the next closing one.
  std::string_view name_at(std::size_t brace) const {
    const std::string_view rest = text_.substr(brace + 1);
    const std::size_t end = rest.find('}');
    return end == rest.npos ? std::string_view() : rest.substr(0, end);
  }

  void fail(std::string message) {
    if (!error_) error_ = std::move(message);
    at_ = text_.size();
  }

  std::string_view text_;
  const PlaceholderNames& names_;
  ShellText result_;
  std::size_t at_ = 0;
  bool begins_word_ = true;
  std::deque<HereDocument> here_documents_;
  std::optional<std::string> error_;
};

}  // namespace

Result<ShellText> ShellText::parse(std::string_view text, const PlaceholderNames& names) {
  if (names_secret(text)) {
    return Error{
        ErrorCode::kInvalidValue,
        "{secret.NAME} cannot be given in a command: others could read it; 'environment' and 'stdin' "
        "take it"};
  }
  return ShellReader(text, names).read();
}

}  // namespace vnode
