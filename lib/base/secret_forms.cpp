#include "base/secret_forms.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"

namespace vnode {
namespace {

constexpr std::string_view kLowerDigits = "0123456789abcdef";
constexpr std::string_view kUpperDigits = "0123456789ABCDEF";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Where encoders break their lines.
constexpr std::array<std::size_t, 2> kBase64Widths = {64, 76};

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// ---- URLs

/// `kept`: what is not escaped, besides letters and digits.
std::string url_form(std::string_view text, std::string_view kept, std::string_view digits, bool has_plus) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_letter_or_digit(c) || kept.find(c) != kept.npos) {
      out += c;
    } else if (c == ' ' && has_plus) {
      out += '+';
    } else {
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

void add_url_forms(std::string_view text, std::vector<std::string>& forms) {
  // Of RFC 3986; Python's quote; JavaScript's encodeURIComponent and encodeURI; and of HTML forms.
  constexpr std::string_view kKept[] = {"-._~", "-._~/", "-._~!*'()", "-._~!*'();/?:@&=+$,#", "-._*"};
  for (const std::string_view kept : kKept) {
    for (const std::string_view digits : {kUpperDigits, kLowerDigits}) {
      forms.push_back(url_form(text, kept, digits, false));
      if (text.find(' ') != text.npos) forms.push_back(url_form(text, kept, digits, true));
    }
  }
}

// ---- JSON, and what looks like it

struct Escapes {
  std::string_view quotes = "\"";    ///< get a backslash
  std::string_view as_numbers = {};  ///< are written as \u00XX, although they need not be
  std::string_view digits = kLowerDigits;
  bool is_ascii = false;   ///< what is not ASCII is written as \uXXXX
  bool is_python = false;  ///< control characters are \xXX
};

void append_unit(std::string& out, std::uint32_t unit, std::string_view digits) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[(unit >> shift) & 15];
}

/// Control characters and the like, below 0x80.
void append_escaped_byte(std::string& out, char c, const Escapes& escapes) {
  constexpr std::string_view kShort = "\b\f\n\r\t", kNames = "bfnrt";
  const std::size_t named = kShort.find(c);
  const bool is_named = named != kShort.npos && (!escapes.is_python || named >= 2);
  const auto byte = static_cast<unsigned char>(c);
  if (is_named) {
    out += {'\\', kNames[named]};
  } else if (escapes.is_python) {
    out += {'\\', 'x', kLowerDigits[byte >> 4], kLowerDigits[byte & 15]};
  } else {
    append_unit(out, byte, escapes.digits);
  }
}

/// One character that is not ASCII.
void append_wide(std::string& out, std::uint32_t code, const Escapes& escapes) {
  if (code < 0x10000) {
    append_unit(out, code, escapes.digits);
  } else {
    append_unit(out, 0xD800 + ((code - 0x10000) >> 10), escapes.digits);
    append_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF), escapes.digits);
  }
}

std::string escaped_form(std::string_view text, const Escapes& escapes) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && escapes.is_ascii) {
      append_wide(out, next_code_point(text, at), escapes);
      continue;
    }
    if (byte < 0x20 || byte == 0x7F || escapes.as_numbers.find(c) != escapes.as_numbers.npos) {
      append_escaped_byte(out, c, escapes);
    } else {
      if (c == '\\' || escapes.quotes.find(c) != escapes.quotes.npos) out += '\\';
      out += c;
    }
    ++at;
  }
  return out;
}

/// A number in hexadecimal digits behind that letter: \\xe4, \\u20ac.
void append_number(std::string& out, char letter, std::uint32_t number, int digits) {
  out += {'\\', letter};
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += kLowerDigits[(number >> shift) & 15];
}

/// Python's repr() of bytes.
std::string bytes_form(std::string_view text, std::string_view quotes) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80)
      append_number(out, 'x', static_cast<unsigned char>(c), 2);
    else
      out += escaped_form({&c, 1}, {.quotes = quotes, .is_python = true});
  }
  return out;
}

/// Python's ascii().
std::string ascii_form(std::string_view text, std::string_view quotes) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      out += escaped_form(text.substr(at++, 1), {.quotes = quotes, .is_python = true});
      continue;
    }
    const std::uint32_t code = next_code_point(text, at);
    if (code < 0x100)
      append_number(out, 'x', code, 2);
    else
      append_number(out, code < 0x10000 ? 'u' : 'U', code, code < 0x10000 ? 4 : 8);
  }
  return out;
}

void add_json_forms(std::string_view text, std::vector<std::string>& forms) {
  const bool is_text = find_invalid_utf8(text) == text.npos;
  for (const std::string_view quotes : {"\"", "\"/"}) {
    for (const std::string_view as_numbers : {"", "<>&", "<>&'"}) {
      for (const std::string_view digits : {kLowerDigits, kUpperDigits}) {
        for (const bool is_ascii : {false, true}) {
          if (is_ascii && !is_text) continue;
          forms.push_back(escaped_form(text, {quotes, as_numbers, digits, is_ascii}));
        }
      }
    }
  }
  // Python's repr(), which tracebacks and printed dictionaries have.
  for (const std::string_view quotes : {"", "'"})
    forms.push_back(escaped_form(text, {.quotes = quotes, .is_python = true}));
  if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return;
  for (const std::string_view quotes : {"", "'"}) {
    forms.push_back(bytes_form(text, quotes));
    if (is_text) forms.push_back(ascii_form(text, quotes));
  }
}

// ---- shells, as `set -x` shows words

std::string with_quotes_as(std::string_view text, std::string_view quote) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += quote;
    } else {
      out += c;
    }
  }
  return out;
}

// ---- base64

/// The characters that depend on nothing but the text, when `before` bytes (0 to 2) of a group come before
/// it.
std::string base64_form(std::string_view text, std::size_t before, std::string_view digits) {
  const std::size_t first_bit = before * 8, end_bit = first_bit + text.size() * 8;
  std::string out;
  for (std::size_t bit = (first_bit + 5) / 6 * 6; bit + 6 <= end_bit; bit += 6) {
    unsigned sextet = 0;
    for (std::size_t i = bit; i < bit + 6; ++i) {
      const auto byte = static_cast<unsigned char>(text[(i - first_bit) / 8]);
      sextet = sextet << 1 | (byte >> (7 - i % 8) & 1);
    }
    out += digits[sextet];
  }
  return out;
}

/// As shells show words without quotes (`printf %q`).
std::string with_backslashes(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x80 && kPlain.find(c) == kPlain.npos) out += '\\';
    out += c;
  }
  return out;
}

void add_base64_forms(std::string_view text, std::size_t least, std::vector<std::string>& forms) {
  for (const std::string_view digits : {kBase64, kBase64Url}) {
    for (const std::size_t before : {0, 1, 2}) {
      std::string form = base64_form(text, before, digits);
      if (before == 0) {
        for (const std::size_t width : kBase64Widths) {
          for (std::size_t at = 0; form.size() > width && at < form.size(); at += width) {
            // The end of a line may be anything's; a few characters of it say nothing.
            if (std::string line = form.substr(at, width); line.size() >= 2 * least) forms.push_back(line);
          }
        }
      }
      forms.push_back(std::move(form));
    }
  }
}

void add_forms(std::string_view text, std::size_t least, std::vector<std::string>& forms) {
  if (without_outer_spaces(text).size() < least) return;
  forms.emplace_back(text);
  add_url_forms(text, forms);
  add_json_forms(text, forms);
  if (text.find('\'') != text.npos) {
    for (const std::string_view quote : {"'\\''", "'\"'\"'"}) forms.push_back(with_quotes_as(text, quote));
  }
  forms.push_back(with_backslashes(text));
  add_base64_forms(text, least, forms);
}

}  // namespace

std::string_view without_outer_spaces(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n\v\f";
  const std::size_t begin = std::min(text.find_first_not_of(kSpaces), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kSpaces) + 1);
}

std::vector<std::string> secret_forms(std::string_view secret, std::size_t least) {
  std::vector<std::string> forms;
  add_forms(secret, least, forms);
  add_forms(without_outer_spaces(secret), least, forms);
  constexpr std::string_view kEnds = "\r\n";
  if (secret.find_first_of(kEnds) != secret.npos) {
    for (std::size_t begin = 0; begin <= secret.size();) {
      const std::size_t end = std::min(secret.find_first_of(kEnds, begin), secret.size());
      add_forms(without_outer_spaces(secret.substr(begin, end - begin)), least, forms);
      begin = end + 1;
    }
  }
  std::erase_if(forms, [least](const std::string& form) { return form.size() < least; });
  std::sort(forms.begin(), forms.end());
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  return forms;
}

}  // namespace vnode
