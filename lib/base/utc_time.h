#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace vnode {

/// Times as the store keeps them: microseconds since 1970, UTC.
std::int64_t micros(WallTime time);
WallTime wall_time(std::int64_t micros);
/// RFC 3339 with microseconds, as in events: "2026-01-02T03:04:05.678901Z".
std::string time_text(std::int64_t micros);
/// The same for a time that is no row's; fractions of a microsecond are cut off.
std::string time_text(WallTime time);
/// The other way; up to six digits behind the second's point, or none. nullopt for anything else.
std::optional<WallTime> parse_time(std::string_view text);

/// What `write_second` writes: "2026-01-02T03:04:05".
inline constexpr std::size_t kSecondTextSize = 19;
/// Into `out`, without the time zones that the C library would load for it.
void write_second(char* out, std::chrono::sys_seconds second);

/// Seconds.
double seconds(Duration duration);

}  // namespace vnode
