#pragma once

#include <string>

#include "base/error.h"

namespace vnode {

struct TextFile {
  std::string text;     ///< UTF-8, without byte-order mark
  std::string warning;  ///< how it was decoded when that was not plain UTF-8; else empty
};

/// Reads the whole file, `-` being standard input. UTF-8, with or without byte-order mark, or else
/// Windows-1252 (only without NUL and without bytes that Windows-1252 leaves undefined; `warning` says so).
/// UTF-16 is recognised and named in the error, not read. Errors: kNotFound, kUnreadable (a directory, no
/// permission, standard input closed, I/O), kBadText.
Result<TextFile> read_text_file(const std::string& path);

/// The decoding part of `read_text_file`, for bytes that came another way.
Result<TextFile> decode_text(std::string bytes);

}  // namespace vnode
