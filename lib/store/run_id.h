#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace vnode {

/// The id of a run: the day of its submission (UTC) and its number, "261121-0002f". Short, sorts by
/// submission as text, and no id is the beginning of another one: six digits, "-", then the number in
/// Crockford's base 32 (lower case, without i l o u), at least five digits. `day_not_before` keeps the order
/// when the clock has gone back: the day of the id before.
std::string run_id(std::int64_t number, WallTime submitted, std::string_view day_not_before);

/// The number in a whole id; nullopt for anything else.
std::optional<std::int64_t> run_number(std::string_view id);

/// True for what could be an id or the beginning of one: so that a typing error is told from an unknown id.
bool looks_like_run_id(std::string_view text);

/// The id of a group with that number, of which a run has that id: "g261121-0002f". Its number is that of its
/// first run, and all its runs were submitted on one day.
std::string group_id(std::int64_t number, std::string_view run_id);

/// True for what could be a group's id or the beginning of one. No run's id looks so.
bool looks_like_group_id(std::string_view text);

}  // namespace vnode
