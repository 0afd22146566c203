#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vnode {

/// One line of text that a terminal shows as it is: control characters, escape sequences, and marks that
/// change the writing direction are written as `\x1b` or `\u202e`, tabs as blanks, bytes that are not UTF-8
/// as U+FFFD.
std::string harmless_line(std::string_view text);

/// The same for text of several lines: line breaks stay, a `\r` in front of them goes.
std::string harmless_lines(std::string_view text);

/// The same with four blanks in front of each line, and a line break at the end: tracebacks.
std::string indented_lines(std::string_view text);

/// Columns that valid UTF-8 takes on a terminal: 2 for wide characters, 0 for combining ones.
std::size_t display_width(std::string_view text);

/// The start of a line that fits into `columns`, with `...` where something is missing. For text without
/// escapes.
std::string cut_to_width(std::string_view text, std::size_t columns);

/// What of a line is there from that column on. For text without escapes.
std::string from_column(std::string_view text, std::size_t column);

}  // namespace vnode
