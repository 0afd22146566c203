#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vnode {

/// "[####......]" of so many columns (at least 3); nothing to do counts as nothing done.
std::string progress_bar(std::size_t done, std::size_t total, std::size_t columns);

/// "45%", rounded down: 100% is all.
std::string percent_text(std::size_t done, std::size_t total);

/// What is left, as a guess should be told: "45s", "12m", "3h10m", "2d".
std::string time_left_text(double seconds);

/// "12.3 nodes/s", "4.5 runs/min", "2 runs/h": the unit in which it is at least one, if there is one.
std::string rate_text(double a_second, std::string_view what);

}  // namespace vnode
