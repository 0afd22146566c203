#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

/// Unicode beyond UTF-8 itself. ICU is loaded on first use for texts that are not ASCII, not at start-up;
/// where it cannot be loaded the functions return kUnavailable. Thread rule: any thread.
namespace vnode {

/// Full mappings (`ß` -> `SS`, final sigma), independent of the locale, as Python's upper() and lower().
Result<std::string> to_upper(std::string_view text);
Result<std::string> to_lower(std::string_view text);

/// Python's str.isprintable for one code point. False for non-ASCII code points when ICU cannot be loaded.
bool is_printable(char32_t code_point);

/// Python's str.isspace for one code point; needs no library.
bool is_space(char32_t code_point);

/// The value 0..9 of any Unicode decimal digit (category Nd), else -1. Non-ASCII needs ICU.
int decimal_digit(char32_t code_point);

}  // namespace vnode
