#pragma once

#include <cstdint>
#include <vector>

#include "picture/picture.h"

namespace vnode {

inline constexpr std::size_t kInNone = static_cast<std::size_t>(-1);

/// Of each node: the smallest backdrop in which its middle is, or kInNone.
std::vector<std::size_t> enclosing_backdrops(const Sheet& sheet);

}  // namespace vnode
