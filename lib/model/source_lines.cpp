#include "model/source_lines.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace vnode {
namespace {

std::size_t line_at(std::string_view text, std::size_t at) {
  return 1 + static_cast<std::size_t>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

/// Walks over JSON without judging it.
class JsonWalker {
 public:
  explicit JsonWalker(std::string_view text) : text_(text) {}

  std::size_t at() const { return at_; }
  char peek() {
    while (at_ < text_.size() && std::string_view(" \t\r\n,:").find(text_[at_]) != std::string_view::npos)
      ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void enter() { ++at_; }

  /// A string as it is written, without its quotes.
  std::string_view string() {
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    at_ = std::min(at_, text_.size());
    const std::string_view value = text_.substr(begin, at_ - begin);
    at_ = std::min(at_ + 1, text_.size());
    return value;
  }

  void skip() {
    std::size_t depth = 0;
    do {
      const char c = peek();
      if (c == '\0') return;
      if (c == '"') {
        string();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') {
        if (depth == 0) return;
        --depth;
      }
      ++at_;
      if (depth == 0 && c != '}' && c != ']')
        while (at_ < text_.size() &&
               std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos)
          ++at_;
    } while (depth > 0);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::string unescaped_token(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool is_escape = token[i] == '~' && i + 1 < token.size();
    if (!is_escape) {
      out += token[i];
    } else {
      out += token[++i] == '1' ? '/' : '~';
    }
  }
  return out;
}

/// Goes to that member or item of what stands here; false when it is not there.
bool enter_member(JsonWalker& walker, const std::string& token) {
  const char open = walker.peek();
  if (open != '{' && open != '[') return false;
  walker.enter();
  std::size_t index = 0;
  if (open == '[') {
    const auto parsed = std::from_chars(token.data(), token.data() + token.size(), index);
    if (parsed.ec != std::errc()) return false;
    for (; index > 0; --index) {
      const std::size_t before = walker.at();
      walker.skip();
      if (walker.at() == before) return false;
    }
    return walker.peek() != ']' && walker.peek() != '\0';
  }
  while (walker.peek() == '"') {
    const bool is_here = walker.string() == token;
    if (is_here) return walker.peek() != '\0';
    walker.skip();
  }
  return false;
}

/// "  name: {", "  'name':", ...: a key of a YAML map, indented.
bool has_key(std::string_view line, std::string_view name) {
  const std::size_t start = line.find_first_not_of(' ');
  if (start == 0 || start == line.npos) return false;
  line.remove_prefix(start);
  const bool is_quoted = line.front() == '"' || line.front() == '\'';
  if (is_quoted) line.remove_prefix(1);
  if (!line.starts_with(name)) return false;
  line.remove_prefix(name.size());
  if (is_quoted && !line.empty()) line.remove_prefix(1);
  return line.starts_with(":") && (line.size() == 1 || line[1] == ' ' || line[1] == '\r');
}

}  // namespace

std::size_t line_of_pointer(std::string_view json, std::string_view pointer) {
  JsonWalker walker(json);
  walker.peek();
  std::size_t found = walker.at();
  while (pointer.starts_with("/")) {
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    if (!enter_member(walker, unescaped_token(pointer.substr(0, end)))) break;
    found = walker.at();
    pointer.remove_prefix(end);
  }
  return line_at(json, std::min(found, json.size()));
}

std::size_t line_of_node(std::string_view text, std::string_view instance_id, std::string_view name) {
  constexpr std::string_view kKey = "\"instance_id\"";
  const std::string quoted = "\"" + std::string(instance_id) + "\"";
  for (std::size_t at = text.find(quoted); at != text.npos; at = text.find(quoted, at + 1)) {
    // Wires name it too.
    const std::size_t key = text.rfind(kKey, at);
    if (key != text.npos &&
        text.substr(key + kKey.size(), at - key - kKey.size()).find_first_not_of(": \t\r\n") == text.npos)
      return line_at(text, at);
  }
  if (name.empty()) return 0;
  bool is_in_nodes = false;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (!line.empty() && line.front() != ' ' && line.front() != '#') is_in_nodes = line.starts_with("nodes:");
    if (is_in_nodes && has_key(line, name)) return number;
  }
  return 0;
}

}  // namespace vnode
