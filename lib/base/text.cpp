#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>

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

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return ascii_lower(c); });
  return lower;
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

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // One row of the classic table: row[j] is the distance of the part of `a` seen so far to the first j bytes
  // of `b`.
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j + 1] + 1, row[j] + 1});
    }
  }
  return row[b.size()];
}

std::string nearest_word(std::string_view word, std::span<const std::string> candidates) {
  const std::string wanted = ascii_lower(word);
  // A third of the letters may be wrong (of two letters one); more, and a suggestion would be a guess.
  std::size_t best = std::max<std::size_t>(wanted.size() / 3, wanted.size() / 2 == 1 ? 1 : 0) + 1;
  std::string nearest;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(wanted.size(), candidate.size());
    if (longer - std::min(wanted.size(), candidate.size()) >= best) continue;  // at least that far apart
    const std::size_t distance = edit_distance(wanted, ascii_lower(candidate));
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace vnode
