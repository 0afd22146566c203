#pragma once

#include <cstdint>
#include <string_view>

namespace vnode {

/// CRC-32C (Castagnoli) of the bytes; `before`: the checksum of what stands before them. The checksum of
/// "123456789" is 0xE3069283. Any thread.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace vnode
