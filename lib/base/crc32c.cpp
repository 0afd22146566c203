#include "base/crc32c.h"

#include <array>
#include <cstddef>

namespace vnode {
namespace {

constexpr std::uint32_t kReversedPolynomial = 0x82F63B78;
/// So many bytes are taken in one step, each with a table of its own.
constexpr std::size_t kStep = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, kStep>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? kReversedPolynomial : 0);
    tables[0][byte] = rest;
  }
  for (std::size_t table = 1; table < kStep; ++table) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t shorter = tables[table - 1][byte];
      tables[table][byte] = (shorter >> 8) ^ tables[0][shorter & 0xFF];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) {
  std::uint32_t rest = ~before;
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* const end = at + bytes.size();
  for (; end - at >= static_cast<std::ptrdiff_t>(kStep); at += kStep) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < kStep; ++i) {
      const std::uint32_t mixed = i < 4 ? at[i] ^ ((rest >> (8 * i)) & 0xFF) : at[i];
      next ^= kTables[kStep - 1 - i][mixed];
    }
    rest = next;
  }
  for (; at != end; ++at) rest = (rest >> 8) ^ kTables[0][(rest ^ *at) & 0xFF];
  return ~rest;
}

}  // namespace vnode
