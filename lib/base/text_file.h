#pragma once

#include <cstddef>
#include <string>

#include "base/error.h"

namespace vnode {

struct TextFile {
  std::string text;     ///< UTF-8, without byte-order mark
  std::string warning;  ///< how it was decoded when that was not plain UTF-8; else empty
  /// Where in `text` the first character stands that showed that it is not UTF-8; npos when it is, or when an
  /// encoding was given.
  std::size_t guessed_from = std::string::npos;
};

/// Reads the whole file, `-` being standard input. UTF-8, with or without byte-order mark, or else
/// Windows-1252 (only without NUL and without bytes that Windows-1252 leaves undefined; `warning` says so).
/// UTF-16 is recognised and named in the error, not read. Errors: kNotFound, kUnreadable (a directory, no
/// permission, standard input closed, I/O), kBadText. With an `encoding` it is read as that and as nothing
/// else
/// (`base/text_encoding.h`, with its errors).
Result<TextFile> read_text_file(const std::string& path, const std::string& encoding = {});

/// The decoding part of `read_text_file`, for bytes that came another way.
Result<TextFile> decode_text(std::string bytes, const std::string& encoding = {});

}  // namespace vnode
