#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vnode {

/// Text of somebody else as a document for people may hold it: what is no valid UTF-8, control characters
/// (line breaks and tabs apart), marks that change the direction of writing and what is no character become
/// U+FFFD, "\r\n" a line break. Of more than `most_bytes` the beginning, with "..." behind it: a text of
/// megabytes costs what is shown of it.
std::string shown_text(std::string_view text, std::size_t most_bytes);

/// The same on one line: white space of any kind and length is one blank.
std::string shown_line(std::string_view text, std::size_t most_bytes);

/// The beginning of valid UTF-8 that ends in front of a character.
std::string_view beginning(std::string_view text, std::size_t most_bytes);

}  // namespace vnode
