#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace vnode {

/// Where in its file the text will stand. Encodings with a byte-order mark (utf-16, utf-32, utf-8-sig) write
/// it only at the start.
enum class TextPosition : std::uint8_t { kStart, kLater };

/// `text` (UTF-8) in the encoding that Python knows under that name or alias. Strict: nothing is replaced.
/// The Unicode encodings, ASCII, Latin-1 and Windows-1252 need nothing; the others go through the C library's
/// iconv. Errors: kInvalidValue "unknown encoding: x", or naming the first character that the encoding lacks.
Result<std::string> encode_text(std::string_view text, std::string_view encoding, TextPosition position);

/// Python's comparison form of a codec name: lower case, every run of other characters one underscore,
/// non-ASCII characters and such runs at the ends dropped.
std::string normalise_codec_name(std::string_view name);

}  // namespace vnode
