#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace vnode {

/// For a column: "now", "12s ago", "5m ago", "3h ago", "2d ago"; the day for what is older than a week.
std::string ago_text(WallTime time, WallTime now);

/// "2026-11-21 19:00:00", local time.
std::string local_time_text(WallTime time);

/// "2026-11-21", local time.
std::string local_day_text(WallTime time);

/// "19:00:00.123", local time.
std::string local_clock_text(WallTime time);

/// For a column: `duration_text` without fractions beyond ten seconds.
std::string short_duration_text(double seconds);

}  // namespace vnode
