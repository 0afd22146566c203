#include "base/sha1.h"

#include <bit>
#include <string>

namespace vnode {
namespace {

constexpr std::size_t kBlock = 64;

std::uint32_t word_at(const unsigned char* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 |
         bytes[3];
}

void mix_block(std::array<std::uint32_t, 5>& state, const unsigned char* block) {
  std::array<std::uint32_t, 80> words;
  for (std::size_t i = 0; i < 16; ++i) words[i] = word_at(block + 4 * i);
  for (std::size_t i = 16; i < 80; ++i)
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  auto [a, b, c, d, e] = state;
  for (std::size_t i = 0; i < 80; ++i) {
    std::uint32_t chosen = 0;
    std::uint32_t constant = 0;
    if (i < 20) {
      chosen = (b & c) | (~b & d);
      constant = 0x5A827999;
    } else if (i < 40) {
      chosen = b ^ c ^ d;
      constant = 0x6ED9EBA1;
    } else if (i < 60) {
      chosen = (b & c) | (b & d) | (c & d);
      constant = 0x8F1BBCDC;
    } else {
      chosen = b ^ c ^ d;
      constant = 0xCA62C1D6;
    }
    const std::uint32_t next = std::rotl(a, 5) + chosen + e + constant + words[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

}  // namespace

std::array<std::uint8_t, 20> sha1(std::string_view bytes) {
  std::array<std::uint32_t, 5> state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  for (; left >= kBlock; at += kBlock, left -= kBlock) mix_block(state, at);
  std::string rest(reinterpret_cast<const char*>(at), left);
  rest.push_back('\x80');
  while (rest.size() % kBlock != kBlock - 8) rest.push_back('\0');
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) rest.push_back(static_cast<char>(bits >> shift & 0xFF));
  for (std::size_t i = 0; i < rest.size(); i += kBlock)
    mix_block(state, reinterpret_cast<const unsigned char*>(rest.data()) + i);
  std::array<std::uint8_t, 20> digest;
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

}  // namespace vnode
