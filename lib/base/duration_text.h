#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"

namespace vnode {

/// Reads a time span as options and files give it: `300ms`, `90s`, `1.5h`, `1d12h`. Units d, h, m, s, ms,
/// each at most once and in that order, each with a decimal number; a number without a unit is refused. Up to
/// 100 years. Errors: kInvalidValue.
Result<Duration> parse_duration(std::string_view text);

/// For people: `12ms`, `3.4s`, `2m 05s`, `1h 02m 03s`, `3d 04h 05m`.
std::string duration_text(Duration duration);

}  // namespace vnode
