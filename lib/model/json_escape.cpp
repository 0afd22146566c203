#include "model/json_escape.h"

#include "base/text.h"

namespace vnode {
namespace {

constexpr std::size_t kUnicodeEscapeSize = 6;  // \uXXXX

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_high_surrogate(int unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low_surrogate(int unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// The code unit of the `\uXXXX` that `text` starts with, -1 when it does not.
int code_unit(std::string_view text) {
  if (text.size() < kUnicodeEscapeSize || !text.starts_with("\\u")) return -1;
  int unit = 0;
  for (char c : text.substr(2, 4)) {
    const int digit = hex_digit(c);
    if (digit < 0) return -1;
    unit = unit << 4 | digit;
  }
  return unit;
}

std::size_t resolve_unicode_escape(std::string_view text, std::string& out) {
  const int unit = code_unit(text);
  if (unit < 0) return 0;
  if (is_high_surrogate(unit)) {
    const int next = code_unit(text.substr(kUnicodeEscapeSize));
    if (is_low_surrogate(next)) {
      append_utf8(out, static_cast<char32_t>(0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00)));
      return 2 * kUnicodeEscapeSize;
    }
  }
  const bool lone = is_high_surrogate(unit) || is_low_surrogate(unit);
  append_utf8(out, lone ? char32_t{0xFFFD} : static_cast<char32_t>(unit));
  return kUnicodeEscapeSize;
}

}  // namespace

std::size_t resolve_json_escape(std::string_view text, std::string& out) {
  if (text.size() < 2) return 0;
  switch (text[1]) {
    case '"':
    case '\\':
    case '/':
      out += text[1];
      return 2;
    case 'b':
      out += '\b';
      return 2;
    case 'f':
      out += '\f';
      return 2;
    case 'n':
      out += '\n';
      return 2;
    case 'r':
      out += '\r';
      return 2;
    case 't':
      out += '\t';
      return 2;
    case 'u':
      return resolve_unicode_escape(text, out);
    default:
      return 0;
  }
}

void escape_double_number_signs(std::string& json, std::size_t from) {
  for (std::size_t at = json.find("##", from); at != json.npos; at = json.find("##", at))
    json.replace(at + 1, 1, "\\u0023");
}

}  // namespace vnode
