#pragma once

#include <string_view>

namespace vnode {

// What a terminal is told before a text, so that it shows it so; kReset behind it (ECMA-48, SGR).
inline constexpr std::string_view kRed = "\x1b[31m";
inline constexpr std::string_view kGreen = "\x1b[32m";
inline constexpr std::string_view kYellow = "\x1b[33m";
inline constexpr std::string_view kBold = "\x1b[1m";
inline constexpr std::string_view kDim = "\x1b[2m";
inline constexpr std::string_view kReverse = "\x1b[7m";
inline constexpr std::string_view kPlain = "";
inline constexpr std::string_view kReset = "\x1b[0m";

}  // namespace vnode
