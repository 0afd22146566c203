#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vnode {

/// Offset of the first byte that is not part of valid UTF-8 (surrogates and overlong forms are invalid); npos
/// if all is.
std::size_t find_invalid_utf8(std::string_view text);

bool is_ascii(std::string_view text);

/// One of 0 to 9, whatever the locale.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Every invalid byte sequence replaced by U+FFFD, as Python's errors="replace" does it.
std::string replace_invalid_utf8(std::string_view text);

/// Appends one code point as UTF-8.
void append_utf8(std::string& out, char32_t code_point);

/// The code point that starts at `at` in valid UTF-8; moves `at` behind it.
char32_t next_code_point(std::string_view text, std::size_t& at);

}  // namespace vnode
