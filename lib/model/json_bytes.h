#pragma once

#include <cstdint>
#include <cstring>

/// Looks at eight bytes of a JSON string at a time.
namespace vnode {

inline constexpr std::uint64_t kOnes = 0x0101010101010101u;
inline constexpr std::uint64_t kHighBits = 0x8080808080808080u;

inline std::uint64_t load_word(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// Non-zero when a byte of `word` is below `limit` (at most 0x80). On little-endian machines the lowest set
/// bit belongs to the first such byte.
constexpr std::uint64_t bytes_below(std::uint64_t word, std::uint64_t limit) {
  return (word - kOnes * limit) & ~word & kHighBits;
}

/// Marks what cannot stand in a JSON string as it is: quotes, backslashes, control characters. To be read
/// like the result of `bytes_below`.
constexpr std::uint64_t special_bytes(std::uint64_t word) {
  return bytes_below(word, 0x20) | bytes_below(word ^ kOnes * '"', 1) | bytes_below(word ^ kOnes * '\\', 1);
}

constexpr bool is_special(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

}  // namespace vnode
