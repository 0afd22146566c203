#include "yaml/yaml_text.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "model/value_ops.h"
#include "yaml/core_schema.h"

namespace vnode {
namespace {

constexpr std::size_t kLongestPlain = 100;
constexpr std::size_t kLongestLine = 100;
constexpr int kMostDepth = 60;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// Characters that readers of YAML take for line breaks, or do not take at all.
bool is_odd(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF || c == 0xFFFE ||
         c == 0xFFFF;
}

bool has_odd(std::string_view text, bool allows_lines) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (is_odd(c) && !(allows_lines && (c == '\n' || c == '\t'))) return true;
  }
  return false;
}

bool is_plain_char(char c) {
  constexpr std::string_view kSigns = " -./+%@()=$*~^;";
  return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
         kSigns.find(c) != std::string_view::npos;
}

/// May stand without quotes, anywhere.
bool is_plain(std::string_view text) {
  if (text.empty() || text.size() > kLongestPlain || text.back() == ' ') return false;
  const char first = text.front();
  const bool begins_well = is_letter(first) || is_digit(first) || first == '/' || first == '.' ||
                           first == '$' || static_cast<unsigned char>(first) >= 0x80;
  if (!begins_well || text == "..." || !std::all_of(text.begin(), text.end(), is_plain_char)) return false;
  return core_scalar(text).is_text() && !has_odd(text, false);
}

void append_hex(std::string& out, char32_t c, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += "0123456789ABCDEF"[c >> shift & 15];
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (!is_odd(c)) {
      out.append(text.substr(begin, at - begin));
    } else if (c < 0x100) {
      out += "\\x";
      append_hex(out, c, 2);
    } else {
      out += "\\u";
      append_hex(out, c, 4);
    }
  }
  out += '"';
}

void append_float(std::string& out, double number) {
  if (std::isnan(number)) {
    out += ".nan";
  } else if (std::isinf(number)) {
    out += number < 0 ? "-.inf" : ".inf";
  } else {
    char digits[32];
    out.append(digits, write_float(number, digits));
  }
}

void append_scalar(std::string& out, const Value& value, const YamlStyle& style) {
  switch (value.kind()) {
    case Kind::kBool:
      out += value.as_bool() ? "true" : "false";
      return;
    case Kind::kInt:
      out += std::to_string(value.as_int());
      return;
    case Kind::kBigInt:
      out += value.as_digits();
      return;
    case Kind::kFloat:
      append_float(out, value.as_float());
      return;
    case Kind::kText:
      append_yaml_text(out, value.as_text(), style);
      return;
    default:
      out += "null";
  }
}

/// A text of several lines as a block, where that says exactly the same.
bool is_block(std::string_view text) {
  if (text.find('\n') == std::string_view::npos) return false;
  const char first = text.front();
  return first != ' ' && first != '\n' && first != '\t' && !has_odd(text, true);
}

void append_block(std::string& out, std::string_view text, std::size_t indent) {
  const std::size_t content = text.find_last_not_of('\n') + 1;
  const std::size_t breaks = text.size() - content;
  out += breaks == 0 ? " |-\n" : breaks == 1 ? " |\n" : " |+\n";
  std::size_t start = 0;
  while (start < content) {
    const std::size_t end = std::min(text.find('\n', start), content);
    if (end > start) out.append(indent + 2, ' ').append(text.substr(start, end - start));
    out += '\n';
    start = end + 1;
  }
  for (std::size_t i = 1; i < breaks; ++i) out += '\n';
}

bool is_simple(const Value& value, std::size_t& room) {
  const std::size_t cost = value.is_text() ? value.as_text().size() + 4 : 8;
  if (cost > room || (value.is_text() && value.as_text().find('\n') != std::string_view::npos)) return false;
  room -= cost;
  if (value.is_list()) {
    for (const Value& item : value.as_list()) {
      if (!is_simple(item, room)) return false;
    }
  }
  if (value.is_dict()) {
    for (const DictEntry& entry : value.as_entries()) {
      if (!is_simple(entry.key, room) || !is_simple(entry.value, room)) return false;
    }
  }
  return true;
}

bool fits_line(const Value& value) {
  std::size_t room = kLongestLine;
  return is_simple(value, room);
}

bool is_depth_fine(const Value& value, int depth) {
  if (depth > kMostDepth) return false;
  if (value.is_list()) {
    return std::all_of(value.as_list().begin(), value.as_list().end(),
                       [depth](const Value& item) { return is_depth_fine(item, depth + 1); });
  }
  if (!value.is_dict()) return !value.is_object() && !value.is_unset();
  return std::all_of(value.as_entries().begin(), value.as_entries().end(), [depth](const DictEntry& entry) {
    return entry.key.is_text() && entry.key.as_text().size() <= kLongestYamlKey &&
           is_depth_fine(entry.value, depth + 1);
  });
}

}  // namespace

bool is_yaml_value(const Value& value) { return is_depth_fine(value, 0); }

void append_yaml_text(std::string& out, std::string_view text, const YamlStyle& style) {
  if (is_plain(text) && !(style.needs_quotes && style.needs_quotes(text))) {
    out += text;
  } else {
    append_quoted(out, text);
  }
}

void append_yaml_key(std::string& out, std::string_view key) { append_yaml_text(out, key); }

void append_yaml_flow(std::string& out, const Value& value, const YamlStyle& style) {
  if (value.is_list()) {
    out += '[';
    const char* separator = "";
    for (const Value& item : value.as_list()) {
      out += separator;
      append_yaml_flow(out, item, style);
      separator = ", ";
    }
    out += ']';
  } else if (value.is_dict()) {
    out += '{';
    const char* separator = "";
    for (const DictEntry& entry : value.as_entries()) {
      out += separator;
      append_yaml_key(out, entry.key.as_text());
      out += ": ";
      append_yaml_flow(out, entry.value, style);
      separator = ", ";
    }
    out += '}';
  } else {
    append_scalar(out, value, style);
  }
}

void append_yaml_value(std::string& out, const Value& value, std::size_t indent, const YamlStyle& style) {
  const bool is_container = value.is_list() || value.is_dict();
  if (value.is_text() && is_block(value.as_text())) return append_block(out, value.as_text(), indent);
  if (!is_container || fits_line(value)) {
    out += ' ';
    append_yaml_flow(out, value, style);
    out += '\n';
    return;
  }
  out += '\n';
  if (value.is_list()) {
    for (const Value& item : value.as_list()) {
      out.append(indent + 2, ' ') += '-';
      append_yaml_value(out, item, indent + 2, style);
    }
    return;
  }
  for (const DictEntry& entry : value.as_entries()) {
    out.append(indent + 2, ' ');
    append_yaml_key(out, entry.key.as_text());
    out += ':';
    append_yaml_value(out, entry.value, indent + 2, style);
  }
}

}  // namespace vnode
