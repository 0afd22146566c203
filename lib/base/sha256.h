#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vnode {

/// SHA-256 (FIPS 180-4) of bytes that come in pieces. For digests that files keep; no library has to be
/// loaded for it. Thread rule: one thread at a time.
class Sha256 {
 public:
  static constexpr std::size_t kBytes = 32;

  void add(std::string_view bytes);
  /// The 32 bytes of the digest of all that was added. Nothing may be added afterwards.
  std::string finish();

 private:
  static constexpr std::size_t kBlock = 64;
  void add_block(const unsigned char* block);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, kBlock> begun_ = {};
  std::uint64_t size_ = 0;
};

/// The same at once.
std::string sha256(std::string_view bytes);

/// Two lower-case digits a byte.
std::string hex_text(std::string_view bytes);

}  // namespace vnode
