#include "apps/vnode/completion/yaml_outline.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace vnode {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

/// All others mean nothing wherever they stand.
constexpr std::string_view kMarks = "\"'\\{}[]#,:";

constexpr std::array<bool, 256> kIsMark = [] {
  std::array<bool, 256> marks{};
  for (const char mark : kMarks) marks[static_cast<unsigned char>(mark)] = true;
  return marks;
}();

/// Where what begins at `at` ends, in front of one of `ends` (marks) outside of quotes and brackets, or of a
/// comment.
std::size_t end_of_part(std::string_view text, std::size_t at, std::string_view ends) {
  char quote = 0;
  int depth = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (!kIsMark[static_cast<unsigned char>(c)]) continue;
    if (quote != 0) {
      if (c == '\\' && quote == '"') ++at;
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (depth == 0 && ends.find(c) != ends.npos) {
      break;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    } else if (c == '#' && at > 0 && text[at - 1] == ' ') {
      break;
    }
  }
  return std::min(at, text.size());
}

/// A scalar without its quotes; escapes stay as they are written.
std::string scalar(std::string_view text) {
  text = trimmed(text);
  if (text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    text = text.substr(1, text.size() - 2);
  return std::string(text);
}

struct KeyAndValue {
  std::string key;
  std::string_view value;
};

std::optional<KeyAndValue> split_entry(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || std::string_view("#-{}[],|>&*!%@?:").find(text.front()) != std::string_view::npos)
    return std::nullopt;
  const std::size_t colon = end_of_part(text, 0, ":");
  if (colon >= text.size() || (colon + 1 < text.size() && text[colon + 1] != ' ')) return std::nullopt;
  const std::string_view behind = text.substr(colon + 1);
  return KeyAndValue{scalar(text.substr(0, colon)), trimmed(behind.substr(0, end_of_part(behind, 0, "")))};
}

void add_field(YamlOutline::Entry& entry, const KeyAndValue& field) {
  if (field.key == "type") entry.type = scalar(field.value);
  if (field.key == "description") entry.description = scalar(field.value);
  if (field.key != "options" || !field.value.starts_with("[")) return;
  const std::string_view list = field.value.substr(1);
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = end_of_part(list, at, ",]");
    if (const std::string option = scalar(list.substr(at, end - at)); !option.empty())
      entry.options.push_back(option);
    if (end >= list.size() || list[end] == ']') break;
    at = end + 1;
  }
}

/// The fields of `{type: text, default: 1}`, as far as they stand on this line; of a node only its type.
void add_fields(YamlOutline::Entry& entry, std::string_view map, bool is_node) {
  if (!map.starts_with("{")) return;
  for (std::size_t at = 1; at < map.size() && !(is_node && !entry.type.empty());) {
    const std::size_t end = end_of_part(map, at, ",}");
    if (const auto field = split_entry(map.substr(at, end - at))) add_field(entry, *field);
    if (end >= map.size() || map[end] == '}') break;
    at = end + 1;
  }
}

/// The entries of one map of maps, `nodes:` or `parameters:`.
class SectionReader {
 public:
  SectionReader(std::vector<YamlOutline::Entry>& entries, bool are_nodes)
      : entries_(entries), are_nodes_(are_nodes) {}

  void read(std::size_t indent, std::string_view line) {
    if (indent_ == 0) indent_ = indent;
    const auto entry = split_entry(line);
    if (!entry) return;
    if (indent == indent_) {
      entries_.push_back({entry->key, {}, {}, {}});
      add_fields(entries_.back(), entry->value, are_nodes_);
      inner_indent_ = 0;
    } else if (indent > indent_ && !entries_.empty()) {
      if (inner_indent_ == 0) inner_indent_ = indent;
      if (indent == inner_indent_) add_field(entries_.back(), *entry);
    }
  }

 private:
  std::vector<YamlOutline::Entry>& entries_;
  const bool are_nodes_;
  std::size_t indent_ = 0;        ///< of the entries; 0: not known yet
  std::size_t inner_indent_ = 0;  ///< of the keys of the last one
};

}  // namespace

YamlOutline read_yaml_outline(std::string_view text) {
  YamlOutline outline;
  std::optional<SectionReader> section;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == line.npos || line[indent] == '#' || line[indent] == '\r') continue;
    if (indent > 0) {
      if (section) section->read(indent, line);
      continue;
    }
    section.reset();
    const auto entry = split_entry(line);
    if (!entry || !entry->value.empty()) continue;
    if (entry->key == "nodes") section.emplace(outline.nodes, true);
    if (entry->key == "parameters") section.emplace(outline.parameters, false);
  }
  return outline;
}

}  // namespace vnode
