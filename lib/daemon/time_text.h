#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"

namespace vnode {

/// Times as the store keeps them: microseconds since 1970, UTC.
std::int64_t micros(WallTime time);
WallTime wall_time(std::int64_t micros);
/// RFC 3339 with microseconds, as in events: "2026-01-02T03:04:05.678901Z".
std::string time_text(std::int64_t micros);
/// Seconds.
double seconds(Duration duration);

}  // namespace vnode
