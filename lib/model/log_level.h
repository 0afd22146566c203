#pragma once

#include <cstdint>
#include <string_view>

namespace vnode {

enum class LogLevel : std::uint8_t { kInfo, kSuccess, kWarning, kError };

/// "info", "success", "warning", "error".
std::string_view level_name(LogLevel level);

}  // namespace vnode
