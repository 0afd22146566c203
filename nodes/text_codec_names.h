#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vnode {

/// How a codec is written.
enum class CodecKind : std::uint8_t { kUtf8, kUtf16, kUtf32, kAscii, kLatin1, kCp1252, kIconv };

enum class ByteOrder : std::uint8_t { kLittle, kBig };

/// What a codec name stands for.
struct CodecName {
  CodecKind kind = CodecKind::kUtf8;
  bool has_mark = false;  ///< a byte-order mark stands at the start of a file
  ByteOrder order = ByteOrder::kLittle;
  std::string iconv_name = {};  ///< kIconv only
};

/// Looks up a name in `normalise_codec_name`'s form; nullopt for names that are not a text encoding of
/// Python.
std::optional<CodecName> find_codec(std::string_view normalised);

}  // namespace vnode
