#include "nodes/text_codec.h"

#include <iconv.h>

#include <array>
#include <cstdio>
#include <optional>

#include "base/text.h"
#include "nodes/text_codec_names.h"

namespace vnode {
namespace {

// What Windows-1252 has at 0x80..0x9F; 0 where it has nothing.
constexpr std::array<char16_t, 32> kCp1252 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                              0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                              0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                              0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

Error missing_character(std::string_view encoding, std::string_view text, std::size_t at) {
  std::size_t position = 0;
  for (std::size_t i = 0; i < at; next_code_point(text, i)) position += 1;
  std::size_t behind = at;
  char code[16];
  std::snprintf(code, sizeof code, "U+%04X", static_cast<unsigned>(next_code_point(text, behind)));
  return {ErrorCode::kInvalidValue, "encoding '" + std::string(encoding) + "' has no character " + code +
                                        " (position " + std::to_string(position) + ")"};
}

void append_unit(std::string& out, std::uint32_t unit, int bytes, ByteOrder order) {
  for (int i = 0; i < bytes; ++i) {
    int shift = 8 * (order == ByteOrder::kLittle ? i : bytes - 1 - i);
    out.push_back(static_cast<char>((unit >> shift) & 0xFF));
  }
}

void append_utf16(std::string& out, char32_t c, ByteOrder order) {
  if (c < 0x10000) return append_unit(out, c, 2, order);
  append_unit(out, 0xD800 + ((c - 0x10000) >> 10), 2, order);
  append_unit(out, 0xDC00 + ((c - 0x10000) & 0x3FF), 2, order);
}

/// The byte of one of the single-byte encodings that are built in; -1 when it lacks the character.
int single_byte(CodecKind kind, char32_t c) {
  if (c < 0x80) return static_cast<int>(c);
  if (kind == CodecKind::kAscii) return -1;
  if (c >= 0xA0 && c <= 0xFF) return static_cast<int>(c);
  if (kind == CodecKind::kLatin1) return c <= 0xFF ? static_cast<int>(c) : -1;
  for (std::size_t i = 0; i < kCp1252.size(); ++i) {
    if (kCp1252[i] == c) return static_cast<int>(0x80 + i);
  }
  return -1;
}

Result<std::string> encode_single_byte(std::string_view text, std::string_view encoding, CodecKind kind) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    std::size_t start = at;
    int byte = single_byte(kind, next_code_point(text, at));
    if (byte < 0) return missing_character(encoding, text, start);
    out.push_back(static_cast<char>(byte));
  }
  return out;
}

std::string encode_units(std::string_view text, const CodecName& codec, TextPosition position) {
  std::string out;
  out.reserve(text.size() * 2 + 4);
  int bytes = codec.kind == CodecKind::kUtf16 ? 2 : 4;
  if (codec.has_mark && position == TextPosition::kStart) append_unit(out, 0xFEFF, bytes, codec.order);
  for (std::size_t at = 0; at < text.size();) {
    char32_t c = next_code_point(text, at);
    if (bytes == 2) {
      append_utf16(out, c, codec.order);
    } else {
      append_unit(out, c, 4, codec.order);
    }
  }
  return out;
}

class Iconv {
 public:
  explicit Iconv(const std::string& name) : handle_(iconv_open(name.c_str(), "UTF-8")) {}
  Iconv(const Iconv&) = delete;
  ~Iconv() {
    if (is_open()) iconv_close(handle_);
  }
  bool is_open() const { return handle_ != iconv_t(-1); }

  /// Converts `text`. False when it stopped at a character: `text` begins there, or (where the character was
  /// replaced by a similar one) at most kChunk bytes before it.
  bool append(std::string& out, std::string_view& text) {
    while (!text.empty()) {
      std::size_t size = chunk_size(text);
      char* from = const_cast<char*>(text.data());
      std::size_t left = size;
      bool converted = convert(out, &from, &left);
      // Nothing left of a chunk that failed: something in it was replaced.
      if (!converted && left == 0) return false;
      text.remove_prefix(size - left);
      if (!converted) return false;
    }
    return true;
  }

  /// What returns to the initial state, for encodings that have states.
  void append_end(std::string& out) { convert(out, nullptr, nullptr); }

 private:
  // Pieces so small that their result always fits: an output buffer that fills up would lose the count of
  // replaced characters.
  static constexpr std::size_t kChunk = 512;

  static std::size_t chunk_size(std::string_view text) {
    if (text.size() <= kChunk) return text.size();
    std::size_t size = kChunk;
    while ((static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) size -= 1;
    return size;
  }

  bool convert(std::string& out, char** from, std::size_t* left) {
    char buffer[16 * kChunk];
    char* to = buffer;
    std::size_t room = sizeof buffer;
    std::size_t replaced = iconv(handle_, from, left, &to, &room);
    out.append(buffer, sizeof buffer - room);
    return replaced == 0;
  }

  iconv_t handle_;
};

/// iconv leaves the invisible tag characters out of encodings that lack them, without a word.
std::optional<std::size_t> find_tag_character(std::string_view text) {
  std::size_t at = text.find("\xF3\xA0\x80");
  if (std::size_t second = text.find("\xF3\xA0\x81"); second < at) at = second;
  return at == std::string_view::npos ? std::nullopt : std::optional(at);
}

/// How much of `text` iconv converts without a loss, character by character.
std::size_t convertible_prefix(const std::string& iconv_name, std::string_view text) {
  Iconv converter(iconv_name);
  std::string ignored;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t start = at;
    next_code_point(text, at);
    std::string_view character = text.substr(start, at - start);
    if (!converter.append(ignored, character)) return start;
    ignored.clear();
  }
  return 0;
}

Result<std::string> encode_with_iconv(std::string_view text, std::string_view encoding,
                                      const std::string& name) {
  Iconv converter(name);
  if (!converter.is_open()) {
    return Error{ErrorCode::kUnavailable, "encoding '" + std::string(encoding) + "' is not installed here"};
  }
  if (name != "UTF-7" && name != "GB18030") {
    if (auto tag = find_tag_character(text)) return missing_character(encoding, text, *tag);
  }
  std::string out;
  std::string_view rest = text;
  if (!converter.append(out, rest)) {
    std::size_t at = text.size() - rest.size();
    return missing_character(encoding, text, at + convertible_prefix(name, rest));
  }
  converter.append_end(out);
  return out;
}

}  // namespace

std::string normalise_codec_name(std::string_view name) {
  std::string out;
  bool separate = false;
  for (char c : name) {
    bool is_digit = c >= '0' && c <= '9';
    bool is_lower = c >= 'a' && c <= 'z';
    bool is_upper = c >= 'A' && c <= 'Z';
    if (!is_digit && !is_lower && !is_upper && c != '.') {
      separate = true;
      continue;
    }
    if (separate && !out.empty()) out.push_back('_');
    separate = false;
    out.push_back(is_upper ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return out;
}

Result<std::string> encode_text(std::string_view text, std::string_view encoding, TextPosition position) {
  std::optional<CodecName> codec = find_codec(normalise_codec_name(encoding));
  if (!codec || encoding.find('\0') != std::string_view::npos) {
    return Error{ErrorCode::kInvalidValue, "unknown encoding: " + std::string(encoding)};
  }
  switch (codec->kind) {
    case CodecKind::kUtf8: {
      bool marked = codec->has_mark && position == TextPosition::kStart;
      return (marked ? "\xEF\xBB\xBF" : "") + std::string(text);
    }
    case CodecKind::kUtf16:
    case CodecKind::kUtf32:
      return encode_units(text, *codec, position);
    case CodecKind::kIconv:
      return encode_with_iconv(text, encoding, codec->iconv_name);
    default:
      return encode_single_byte(text, encoding, codec->kind);
  }
}

}  // namespace vnode
