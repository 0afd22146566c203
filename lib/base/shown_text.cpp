#include "base/shown_text.h"

#include <algorithm>

#include "base/text.h"

namespace vnode {
namespace {

bool is_direction_mark(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool is_shown(char32_t c) {
  if (c < 0x20) return c == '\n' || c == '\t';
  if (c >= 0x7F && c <= 0x9F) return false;
  if (c == 0x2028 || c == 0x2029 || c == 0xFEFF || (c >= 0xFDD0 && c <= 0xFDEF)) return false;
  return (c & 0xFFFEU) != 0xFFFEU && !is_direction_mark(c);
}

}  // namespace

std::string_view beginning(std::string_view text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return text;
  std::size_t end = most_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
  return text.substr(0, end);
}

std::string shown_text(std::string_view text, std::size_t most_bytes) {
  const std::string_view kept = beginning(text, most_bytes);
  const bool is_plain = std::all_of(kept.begin(), kept.end(), [](char c) { return c >= ' ' && c < 0x7F; });
  if (is_plain && kept.size() == text.size()) return std::string(text);  // nearly always
  const std::string valid = replace_invalid_utf8(kept);
  std::string out;
  out.reserve(valid.size() + 3);
  for (std::size_t at = 0; at < valid.size();) {
    const std::size_t start = at;
    const char32_t c = next_code_point(valid, at);
    if (c == '\r' && at < valid.size() && valid[at] == '\n') continue;
    if (is_shown(c)) {
      out.append(valid, start, at - start);
    } else {
      out += "\xEF\xBF\xBD";
    }
  }
  if (kept.size() < text.size()) out += "...";
  return out;
}

std::string shown_line(std::string_view text, std::size_t most_bytes) {
  const std::string lines = shown_text(text, most_bytes);
  std::string out;
  out.reserve(lines.size());
  for (const char c : lines) {
    const bool is_blank = c == ' ' || c == '\n' || c == '\t';
    if (!is_blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace vnode
