#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace vnode {

/// The SHA-1 digest (FIPS 180-4), for ids that are made of names (RFC 4122, version 5); not for anything that
/// has to be secure.
std::array<std::uint8_t, 20> sha1(std::string_view bytes);

}  // namespace vnode
