#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace vnode {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

unsigned char byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

/// A well-formed sequence, or the longest beginning of one ("maximal subpart"), which is what decoders
/// replace by one U+FFFD. `size` is at least 1.
struct Sequence {
  std::size_t size;
  bool valid;
};

Sequence sequence_at(std::string_view text, std::size_t at) {
  const unsigned char lead = byte_at(text, at);
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const std::size_t wanted = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte's range excludes overlong forms, surrogates and code points beyond U+10FFFF.
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (at + 1 >= text.size() || byte_at(text, at + 1) < low || byte_at(text, at + 1) > high) return {1, false};
  for (std::size_t size = 2; size < wanted; ++size) {
    if (at + size >= text.size() || !is_continuation(byte_at(text, at + size))) return {size, false};
  }
  return {wanted, true};
}

/// The first byte from `at` on that is not ASCII, or the end.
std::size_t skip_ascii(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080u;
  std::uint64_t words[4];
  for (; at + sizeof words <= text.size(); at += sizeof words) {
    std::memcpy(words, text.data() + at, sizeof words);
    if ((words[0] | words[1] | words[2] | words[3]) & kHighBits) break;
  }
  for (; at + sizeof words[0] <= text.size(); at += sizeof words[0]) {
    std::memcpy(words, text.data() + at, sizeof words[0]);
    if (words[0] & kHighBits) break;
  }
  while (at < text.size() && byte_at(text, at) < 0x80) ++at;
  return at;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (byte_at(text, at) < 0x80) {
      at = skip_ascii(text, at);
      continue;
    }
    const Sequence sequence = sequence_at(text, at);
    if (!sequence.valid) return at;
    at += sequence.size;
  }
  return std::string_view::npos;
}

bool is_ascii(std::string_view text) { return skip_ascii(text, 0) == text.size(); }

std::string replace_invalid_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bad = find_invalid_utf8(text);
    clean += text.substr(0, bad);
    if (bad == std::string_view::npos) break;
    append_utf8(clean, kReplacement);
    text.remove_prefix(bad + sequence_at(text, bad).size);
  }
  return clean;
}

void append_utf8(std::string& out, char32_t code_point) {
  auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

char32_t next_code_point(std::string_view text, std::size_t& at) {
  const unsigned char lead = byte_at(text, at);
  if (lead < 0x80) {
    ++at;
    return lead;
  }
  const Sequence sequence = sequence_at(text, at);
  const std::size_t start = at;
  at += sequence.size;
  if (!sequence.valid) return kReplacement;
  char32_t code_point = lead & (0x7Fu >> sequence.size);
  for (std::size_t i = start + 1; i < at; ++i) code_point = code_point << 6 | (byte_at(text, i) & 0x3Fu);
  return code_point;
}

}  // namespace vnode
